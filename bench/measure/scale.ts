// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { LoadOrder } from '../processes/load.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'

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
  /** Requests of one measurement where one is one unit of work; larger ones get fewer. */
  readonly amount: number
}

/** CPU microseconds per request, by dimension and size. */
export type ScaleSamples = Readonly<Record<string, Readonly<Record<string, readonly Sample[]>>>>

const LEAST = 300

export async function measureScale(
  plan: ScalePlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<ScaleSamples> {
  const samples: Record<string, Record<string, Sample[]>> = {}
  for (const { name, sizes } of DIMENSIONS) {
    samples[name] = Object.fromEntries(sizes.map((size) => [String(size), []]))
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      for (const dimension of DIMENSIONS) {
        progress(`scale, round ${round + 1} of ${plan.rounds}: ${dimension.name} with ${variant.name}`)
        await using app = await startApp(variant, { format: plan.format, surroundings })
        for (const size of dimension.sizes) {
          const { path, ...order } = dimension.order(size)
          const units = dimension.perUnit?.(size) ?? 1
          const amount = Math.max(LEAST, order.connections, Math.round(plan.amount / units))
          const send = () => surroundings.load({ url: app.url + path, amount, ...order })
          await send()
          const before = await app.usage()
          await send()
          const after = await app.usage()
          const value = (after.cpuMicros - before.cpuMicros) / amount
          samples[dimension.name]?.[size]?.push({ variant: variant.name, round, value })
        }
      }
    }
  }
  return samples
}
