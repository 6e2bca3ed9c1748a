// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { LoadOrder } from '../processes/load.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { startGeneration } from './generation.ts'
import { FLUSH_MS, quiet, SHORT_BATCHES } from './quiet.ts'
import { rotate } from './rotate.ts'
import { send } from './send.ts'

/** One thing that grows, and the sizes it is measured at. */
export interface Dimension {
  readonly name: string
  readonly title: string
  readonly sizes: readonly number[]
  order(size: number): Pick<LoadOrder, 'connections' | 'headers'> & { readonly path: string }
  /** What the cost is divided by, where the work itself grows with the size. */
  perUnit?(size: number): number
}

const baggage = (entries: number) =>
  Array.from({ length: entries }, (_, index) => `key${index}=value-${index}`).join(',')

export const DIMENSIONS: readonly Dimension[] = [
  {
    name: 'connections',
    title: 'concurrent connections',
    sizes: [10, 100, 1_000],
    order: (connections) => ({ path: '/api/plain/7', connections }),
  },
  {
    name: 'baggage',
    title: 'entries of baggage in the request',
    sizes: [1, 8, 64],
    order: (entries) => ({ path: '/api/http/7', connections: 10, headers: { baggage: baggage(entries) } }),
  },
  {
    name: 'logs',
    title: 'log lines a request',
    sizes: [2, 10, 50],
    order: (lines) => ({ path: `/api/logs/${lines}`, connections: 10 }),
    perUnit: (lines) => lines,
  },
  {
    name: 'calls',
    title: 'outbound calls a request',
    sizes: [1, 5, 20],
    order: (calls) => ({ path: `/api/calls/${calls}`, connections: 10 }),
    perUnit: (calls) => calls,
  },
]

export interface ScalePlan {
  readonly variants: readonly Variant[]
  readonly format: AppFormat
  readonly rounds: number
  /** Requests for each thing that grows, at its smallest, before the first is measured. */
  readonly warmUp: number
  /** Requests of one segment where one is one unit of work; larger ones get fewer. */
  readonly amount: number
}

/** CPU microseconds per request, by dimension and size. */
export type ScaleSamples = Readonly<Record<string, Readonly<Record<string, readonly Sample[]>>>>

const LEAST = 300

/** As with the requests: all variants run at once and are warm, and segments of them alternate. */
export async function measureScale(
  plan: ScalePlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<ScaleSamples> {
  const samples: Record<string, Record<string, Sample[]>> = {}
  for (const { name, sizes } of DIMENSIONS) {
    samples[name] = Object.fromEntries(sizes.map((size) => [String(size), []]))
  }
  const start = (variant: Variant) =>
    startApp(variant, { format: plan.format, surroundings, env: variant.exports ? SHORT_BATCHES : {} })
  await using running = await startGeneration(plan.variants, start)
  for (const [variant, app] of running.processes) {
    progress(`scale: warming up ${variant.name}`)
    for (const { order, sizes } of DIMENSIONS) {
      await send(app, { ...order(sizes[0] ?? 1), amount: plan.warmUp }, surroundings)
    }
    await quiet(app, variant.exports ? FLUSH_MS : undefined)
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { name, order, sizes, perUnit } of DIMENSIONS) {
      for (const size of sizes) {
        progress(`scale, round ${round + 1} of ${plan.rounds}: ${name}, ${size}`)
        const given = order(size)
        const amount = Math.max(LEAST, given.connections, Math.round(plan.amount / (perUnit?.(size) ?? 1)))
        for (const [variant, app] of rotate(running.processes, round)) {
          const before = await app.usage()
          await send(app, { ...given, amount }, surroundings)
          const after = await quiet(app, variant.exports ? FLUSH_MS : undefined)
          const value = (after.cpuMicros - before.cpuMicros) / amount
          samples[name]?.[size]?.push({ variant: variant.name, round, value })
        }
      }
    }
  }
  return samples
}
