// SPDX-License-Identifier: Apache-2.0
import type { Figure } from './figures.ts'
import { measureRequests, type RequestSamples } from './measure/request.ts'
import { ROUTES } from './measure/routes.ts'
import { joinRequests, type Stage } from './perform.ts'
import type { AppFormat } from './processes/app.ts'
import { COMPARED_WITH } from './variants.ts'

/** One process of a variant is luckier in its compiled code than another, so a second opinion is that of two others. */
const MORE_GENERATIONS = 2

/** How the requests are measured; another way in tests. */
export type Measure = typeof measureRequests

/**
 * Measures the requests of some figures with fresh processes and adds the rounds to those that there are, so that the figure is that of all. It is for a
 * quick run, which starts each variant once. A figure of anything else stays as it is: it does not hang on the luck of one process.
 */
export async function measureAgain(
  requests: Readonly<Record<string, RequestSamples>>,
  doubtful: readonly Figure[],
  { plan, variants, surroundings, progress }: Omit<Stage, 'options'>,
  measure: Measure = measureRequests,
): Promise<Readonly<Record<string, RequestSamples>>> {
  const all = { ...requests }
  for (const format of Object.keys(requests) as AppFormat[]) {
    const own = doubtful.filter(({ figure }) => figure.startsWith(`request.${format}.`))
    const routes = ROUTES.filter(({ name }) => own.some(({ figure }) => figure === `request.${format}.${name}`))
    const first = requests[format]
    if (routes.length === 0 || first === undefined) continue
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
        from: nextRound(first),
        warmUp,
        amount,
      },
      surroundings,
      progress,
    )
    // The first requests of these processes went to some routes only: they are not comparable to the others'.
    all[format] = joinRequests(first, { ...more, cold: [] })
  }
  return all
}

const nextRound = ({ routes }: RequestSamples) =>
  1 + Math.max(-1, ...Object.values(routes).flatMap((samples) => samples.map(({ round }) => round)))
