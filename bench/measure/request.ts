// SPDX-License-Identifier: Apache-2.0
import { type App, type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import { calmSamples, type Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { startGeneration } from './generation.ts'
import { FLUSH_MS, quiet, SHORT_BATCHES } from './quiet.ts'
import { rotate } from './rotate.ts'
import type { Route } from './routes.ts'
import { send } from './send.ts'

export interface RequestPlan {
  readonly variants: readonly Variant[]
  readonly routes: readonly Route[]
  readonly format: AppFormat
  /** How often all variants are started anew: one process may be luckier than another in what V8 makes of its code. */
  readonly generations: number
  /** Rounds within a generation. */
  readonly rounds: number
  /** Segments of each route and variant in a round, of which {@link calmSamples} makes one sample. */
  readonly segments: number
  /** The number of the first round. */
  readonly from: number
  /** Requests on each route before the first round, made up to whole segments. */
  readonly warmUp: number
  /** Requests of a segment, all to one route of one variant. */
  readonly amount: number
}

/** CPU microseconds of the app's process per request. */
export interface RequestSamples {
  /** Of a process that has been warmed up. */
  readonly routes: Readonly<Record<string, readonly Sample[]>>
  /** Of the first requests of a process, all routes together; one round for each generation. */
  readonly cold: readonly Sample[]
}

export const COLD_REQUESTS = 2_000
const CONNECTIONS = 10

/** How an app is started; another one in tests. */
export type StartRequestApp = (variant: Variant) => Promise<App>

/**
 * Measures the CPU time that the app's process spends on a request, once V8 has compiled what it will compile: a request
 * costs four times as much at first, and after 8,000 still a third to a half more than after 20,000. All variants run at once, idle but for the one that is measured, and short segments of them alternate, so that
 * what is compared was measured within seconds. CPU time and not wall time: the load generator and the downstream share the cores.
 */
export async function measureRequests(
  plan: RequestPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
  start: StartRequestApp = (variant) =>
    startApp(variant, { format: plan.format, surroundings, env: variant.exports ? SHORT_BATCHES : {} }),
): Promise<RequestSamples> {
  const routes: Record<string, Sample[]> = Object.fromEntries(plan.routes.map(({ name }) => [name, []]))
  const cold: Sample[] = []
  const microsOf = async (variant: Variant, app: App, on: readonly Route[], amount: number) => {
    // It was quiet when its last segment ended, and idle since.
    const before = await app.usage()
    for (const route of on) await send(app, orderOf(route, amount), surroundings)
    const after = await quiet(app, variant.exports ? FLUSH_MS : undefined)
    return (after.cpuMicros - before.cpuMicros) / (amount * on.length)
  }
  for (let generation = 0; generation < plan.generations; generation += 1) {
    const said = `requests (${plan.format}), generation ${generation + 1} of ${plan.generations}`
    const first = plan.from + generation * plan.rounds
    progress(`${said}: start`)
    await using running = await startGeneration(rotate(plan.variants, generation), start)
    for (const [variant, app] of running.processes) {
      progress(`${said}: first requests of ${variant.name}`)
      await quiet(app)
      const value = await microsOf(variant, app, plan.routes, Math.ceil(COLD_REQUESTS / plan.routes.length))
      cold.push({ variant: variant.name, round: first, value })
    }
    // In the same turns as what is measured: a process that has been idle while seven others were warmed up, each at once, begins by compiling again.
    const turns = Math.ceil(plan.warmUp / plan.amount)
    for (let turn = 0; turn < turns; turn += 1) {
      progress(`${said}: warming up, turn ${turn + 1} of ${turns}`)
      for (const route of plan.routes) {
        for (const [, app] of rotate(running.processes, turn))
          await send(app, orderOf(route, plan.amount), surroundings)
      }
    }
    // One turn that is not counted: in it, each comes to rest before and after its segment for the first time.
    for (let turn = -1; turn < plan.rounds * plan.segments; turn += 1) {
      const round = first + Math.floor(turn / plan.segments)
      for (const [index, route] of plan.routes.entries()) {
        progress(`${said}: round ${round - first + 1} of ${plan.rounds}, ${route.name}`)
        for (const [variant, app] of rotate(running.processes, first + turn + index)) {
          const value = await microsOf(variant, app, [route], plan.amount)
          if (turn >= 0) routes[route.name]?.push({ variant: variant.name, round, value })
        }
      }
    }
  }
  return {
    routes: Object.fromEntries(Object.entries(routes).map(([name, segments]) => [name, calmSamples(segments)])),
    cold,
  }
}

const orderOf = ({ path, order }: Route, amount: number) => ({ path, amount, connections: CONNECTIONS, ...order })
