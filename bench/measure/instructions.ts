// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import type { AppFormat } from '../processes/app.ts'
import { type CountedApp, startCountedApp } from '../processes/counted-app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import { calmSamples, type Sample, STOCK } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import type { Route } from './routes.ts'
import { send } from './send.ts'

export interface InstructionPlan {
  readonly variants: readonly Variant[]
  readonly routes: readonly Route[]
  readonly formats: readonly AppFormat[]
  /** How often each variant is started anew. */
  readonly generations: number
  /** Segments of each route in a process, of which {@link calmSamples} makes one sample. */
  readonly segments: number
  /** Requests on each route before the first segment. */
  readonly warmUp: number
  /** Requests of a segment. */
  readonly amount: number
}

/** Instructions per request, by the app's format and the route. */
export type InstructionSamples = Readonly<Record<string, Readonly<Record<string, readonly Sample[]>>>>

/** One process to count. */
export interface CountedProcess {
  readonly variant: Variant
  readonly format: AppFormat
  readonly generation: number
}

/** How an app is started; another one in tests. */
export type StartCountedApp = (counted: CountedProcess, surroundings: Surroundings) => Promise<CountedApp>

/**
 * Batches that leave by time have to be about as large as at full speed, or else their fixed cost is shared by few requests. The process is some fifty
 * times slower here, and answers one request at a time.
 */
const SLOW_BATCHES = { OTEL_BSP_SCHEDULE_DELAY: '4000', OTEL_BLRP_SCHEDULE_DELAY: '4000' } as const
const SLOW_FLUSH_MS = 6_000
const SETTLE_MS = 300

/** One connection, and V8's compiler and collector on the thread that they work for: what happens when depends less on the clock. */
export const startSteadily: StartCountedApp = ({ variant, format }, surroundings) =>
  startCountedApp(variant, {
    format,
    surroundings,
    env: variant.exports ? SLOW_BATCHES : {},
    settleMs: variant.exports ? SLOW_FLUSH_MS : SETTLE_MS,
    nodeArgs: ['--single-threaded', `--random-seed=${seed()}`, `--hash-seed=${seed()}`],
  })

/** Each process has its own, the second copy of the bare app too, so that what luck does to two processes shows in them. */
const seed = () => randomInt(1, 2 ** 31 - 1)

/**
 * Counts the instructions of requests, which no other guest of the machine changes. Processes are therefore not interleaved, and as many run at once
 * as there are surroundings.
 */
export async function countInstructions(
  plan: InstructionPlan,
  lanes: readonly Surroundings[],
  progress: (text: string) => void,
  start: StartCountedApp = startSteadily,
): Promise<InstructionSamples> {
  const found = Object.fromEntries(
    plan.formats.map((format) => [format, Object.fromEntries(plan.routes.map(({ name }) => [name, [] as Sample[]]))]),
  )
  const left = processesOf(plan)
  const work = async (surroundings: Surroundings) => {
    for (let next = left.shift(); next; next = left.shift()) {
      progress(`instructions (${next.format}): ${next.variant.name}, ${left.length} more`)
      await using app = await start(next, surroundings)
      for (const [route, samples] of Object.entries(await countOne(plan, next, app, surroundings))) {
        found[next.format]?.[route]?.push(...samples)
      }
    }
  }
  await Promise.all(lanes.map(work))
  return found
}

/** Stock takes longest, so it is not left for the end. */
function processesOf({ variants, formats, generations }: InstructionPlan): CountedProcess[] {
  const ordered = variants.toSorted((a, b) => Number(b.name === STOCK) - Number(a.name === STOCK))
  return Array.from({ length: generations }, (_, generation) =>
    ordered.flatMap((variant) => formats.map((format) => ({ variant, format, generation }))),
  ).flat()
}

async function countOne(
  { routes, warmUp, segments, amount }: InstructionPlan,
  { variant, generation }: CountedProcess,
  app: CountedApp,
  surroundings: Surroundings,
): Promise<Readonly<Record<string, readonly Sample[]>>> {
  const ask = (route: Route, requests: number) =>
    send(app, { path: route.path, amount: requests, connections: 1, ...route.order }, surroundings)
  const counted = new Map(routes.map((route) => [route, [] as Sample[]]))
  for (const route of routes) await ask(route, warmUp)
  await app.instructions()
  for (let segment = 0; segment < segments; segment += 1) {
    for (const [route, samples] of counted) {
      await ask(route, amount)
      samples.push({ variant: variant.name, round: generation, value: (await app.instructions()) / amount })
    }
  }
  return Object.fromEntries([...counted].map(([{ name }, samples]) => [name, calmSamples(samples)]))
}
