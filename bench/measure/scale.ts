// SPDX-License-Identifier: Apache-2.0
import { type App, type AppFormat, startApp } from '../processes/app.ts'
import type { LoadOrder } from '../processes/load.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import { calmSamples, type Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { startGeneration } from './generation.ts'
import { SHORT_BATCHES } from './quiet.ts'
import { send } from './send.ts'
import { measureInTurns, type Work } from './turns.ts'

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
  /** Segments of each size and variant in a round, of which {@link calmSamples} makes one sample. */
  readonly segments: number
  /** Segments of each size before the first that is measured. */
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
  start: (variant: Variant) => Promise<App> = (variant) =>
    startApp(variant, { format: plan.format, surroundings, env: variant.exports ? SHORT_BATCHES : {} }),
): Promise<ScaleSamples> {
  progress('scale: start')
  await using running = await startGeneration(plan.variants, start)
  const works = DIMENSIONS.flatMap((dimension) =>
    dimension.sizes.map((size) => workOf(dimension, size, plan, surroundings)),
  )
  const found = await measureInTurns(running, works, { ...plan, from: 0 }, (text) => progress(`scale: ${text}`))
  const samplesOf = (dimension: Dimension, size: number) => calmSamples(found[nameOf(dimension, size)] ?? [])
  return Object.fromEntries(
    DIMENSIONS.map((dimension) => [
      dimension.name,
      Object.fromEntries(dimension.sizes.map((size) => [size, samplesOf(dimension, size)])),
    ]),
  )
}

const nameOf = ({ name }: Dimension, size: number) => `${name}, ${size}`

function workOf(dimension: Dimension, size: number, plan: ScalePlan, surroundings: Surroundings): Work {
  const given = dimension.order(size)
  // Each connection has at least one.
  const amount = Math.max(LEAST, given.connections, Math.round(plan.amount / (dimension.perUnit?.(size) ?? 1)))
  return { name: nameOf(dimension, size), amount, send: (app) => send(app, { ...given, amount }, surroundings) }
}
