// SPDX-License-Identifier: Apache-2.0
import type { Figure } from './figures.ts'
import { measureRequests, type RequestSamples } from './measure/request.ts'
import { ROUTES } from './measure/routes.ts'
import type { Plan } from './plan.ts'
import type { AppFormat } from './processes/app.ts'
import type { Surroundings } from './processes/surroundings.ts'
import { COMPARED_WITH, type Variant } from './variants.ts'

/** One process of a variant is luckier in its compiled code than another, so a second opinion is that of two others. */
const MORE_GENERATIONS = 2

/** How the requests are measured; another way in tests. */
export type Measure = typeof measureRequests

export interface Again {
  readonly plan: Plan
  readonly variants: readonly Variant[]
  readonly surroundings: Surroundings
  readonly progress: (text: string) => void
}

/**
 * Measures the requests of some figures with fresh processes and adds the rounds to those that there are, so that the figure is that of all. It is for a
 * quick run, which starts each variant once. A figure of anything else stays as it is: it does not hang on the luck of one process.
 */
export async function measureAgain(
  requests: Readonly<Record<string, RequestSamples>>,
  doubtful: readonly Figure[],
  { plan, variants, surroundings, progress }: Again,
  measure: Measure = measureRequests,
): Promise<Readonly<Record<string, RequestSamples>>> {
  const all = { ...requests }
  for (const format of Object.keys(requests) as AppFormat[]) {
    const own = doubtful.filter(({ figure }) => figure.startsWith(`request.${format}.`))
    const routes = ROUTES.filter(({ name }) => own.some(({ figure }) => figure === `request.${format}.${name}`))
    if (routes.length === 0) continue
    const names = [...COMPARED_WITH, ...own.map(({ variant }) => variant)]
    const { warmUp, amount, segments, requestRounds } = plan
    const more = await measure(
      {
        variants: variants.filter(({ name }) => names.includes(name)),
        routes,
        format,
        generations: MORE_GENERATIONS,
        rounds: requestRounds,
        segments,
        from: nextRound(requests[format] as RequestSamples),
        warmUp,
        amount,
      },
      surroundings,
      progress,
    )
    all[format] = withMore(requests[format] as RequestSamples, more)
  }
  return all
}

const nextRound = ({ routes }: RequestSamples) =>
  1 + Math.max(-1, ...Object.values(routes).flatMap((samples) => samples.map(({ round }) => round)))

/** The first requests of these processes went to some routes only, so they are not comparable to the others' and stay out. */
function withMore(first: RequestSamples, { routes }: RequestSamples): RequestSamples {
  const joined = Object.entries(first.routes).map(([name, samples]) => [name, [...samples, ...(routes[name] ?? [])]])
  return { routes: Object.fromEntries(joined), cold: first.cold }
}
