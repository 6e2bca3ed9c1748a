// SPDX-License-Identifier: Apache-2.0
import { type App, type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import { calmSamples, type Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { startGeneration } from './generation.ts'
import { quiet, SHORT_BATCHES } from './quiet.ts'
import { rotate } from './rotate.ts'
import type { Route } from './routes.ts'
import { send } from './send.ts'
import { cpuMicrosOf, measureInTurns, type Work } from './turns.ts'

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
  const works = plan.routes.map((route): Work => {
    const order = orderOf(route, plan.amount)
    return { name: route.name, amount: plan.amount, send: (app) => send(app, order, surroundings) }
  })
  for (let generation = 0; generation < plan.generations; generation += 1) {
    const said = `requests (${plan.format}), generation ${generation + 1} of ${plan.generations}`
    const from = plan.from + generation * plan.rounds
    progress(`${said}: start`)
    await using running = await startGeneration(rotate(plan.variants, generation), start)
    for (const [variant, app] of running.processes) {
      progress(`${said}: first requests of ${variant.name}`)
      await quiet(app)
      const amount = Math.ceil(COLD_REQUESTS / plan.routes.length)
      const micros = await cpuMicrosOf(variant, app, async () => {
        for (const route of plan.routes) await send(app, orderOf(route, amount), surroundings)
      })
      cold.push({ variant: variant.name, round: from, value: micros / (amount * plan.routes.length) })
    }
    const turns = { warmUp: Math.ceil(plan.warmUp / plan.amount), rounds: plan.rounds, segments: plan.segments, from }
    const found = await measureInTurns(running, works, turns, (text) => progress(`${said}: ${text}`))
    for (const [name, segments] of Object.entries(found)) routes[name]?.push(...segments)
  }
  return {
    routes: Object.fromEntries(Object.entries(routes).map(([name, segments]) => [name, calmSamples(segments)])),
    cold,
  }
}

const orderOf = ({ path, order }: Route, amount: number) => ({ path, amount, connections: CONNECTIONS, ...order })
