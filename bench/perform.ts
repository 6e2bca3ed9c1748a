// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os'
import { measureCluster } from './measure/cluster.ts'
import { measureDisk } from './measure/disk.ts'
import { countInstructions } from './measure/instructions.ts'
import { checkJob } from './measure/job.ts'
import { measureLatency } from './measure/latency.ts'
import { type MemorySamples, measureMemory } from './measure/memory.ts'
import { measureParts, startParts } from './measure/parts.ts'
import { measureRequests, type RequestSamples } from './measure/request.ts'
import { ROUTES } from './measure/routes.ts'
import { measureScale } from './measure/scale.ts'
import { soak } from './measure/soak.ts'
import { measureStart } from './measure/start.ts'
import type { Options, Part } from './options.ts'
import type { Plan } from './plan.ts'
import type { AppFormat } from './processes/app.ts'
import { checkCallgrind } from './processes/counted-app.ts'
import { type Surroundings, startSurroundings } from './processes/surroundings.ts'
import type { Run } from './run.ts'
import {
  COMPARED_WITH,
  IN_A_CLUSTER,
  PARTS_ALONE,
  REQUESTED,
  SCALED,
  SETTINGS,
  STARTED_BY_OPERATOR,
  type Variant,
} from './variants.ts'

export type Found = Omit<Run, 'date' | 'command' | 'quick' | 'machine' | 'versions' | 'missing'>

/** What every part is handed. */
export interface Stage {
  readonly options: Options
  readonly plan: Plan
  readonly variants: readonly Variant[]
  readonly surroundings: Surroundings
  readonly progress: (text: string) => void
}

const only = (variants: readonly Variant[], names: readonly string[]) =>
  variants.filter(({ name }) => names.includes(name))
const without = (variants: readonly Variant[], names: readonly string[]) =>
  variants.filter(({ name }) => !names.includes(name))

const PARTS: Readonly<Record<Part, (stage: Stage) => Found | Promise<Found>>> = {
  job,
  disk: ({ variants }) => ({ disk: measureDisk(variants) }),
  start,
  request,
  memory,
  latency: async ({ plan, variants, surroundings, progress }) => {
    const order = { format: 'cjs', rounds: plan.latencyRounds, perSecond: 200, seconds: 4 } as const
    return {
      latency: await measureLatency({ ...order, variants: without(variants, SETTINGS) }, surroundings, progress),
    }
  },
  parts: async ({ plan, variants, surroundings, progress }) => ({
    parts: await measureParts(
      { ...plan.parts, variants: only(variants, PARTS_ALONE) },
      progress,
      startParts(surroundings),
    ),
  }),
  scale: async ({ plan, variants, surroundings, progress }) => ({
    scale: await measureScale(
      { ...plan.scale, format: 'cjs', variants: only(variants, SCALED) },
      surroundings,
      progress,
    ),
  }),
  cluster: async ({ variants, surroundings }) => ({
    cluster: await inTurn(only(variants, IN_A_CLUSTER), (variant) => measureCluster(variant, surroundings)),
  }),
  instructions,
  soak: async ({ options, variants, surroundings }) => {
    const [ours] = only(variants, ['ours'])
    return ours ? { soak: await soak(ours, options.minutes, surroundings, console.log) } : {}
  },
}

/** Runs the parts that were asked for, one after the other; hands out what there is after each, so that a later one that fails loses nothing. */
export async function perform(stage: Stage, onPart: (soFar: Found) => void): Promise<Found> {
  const found: Found = {}
  for (const part of stage.options.parts) {
    Object.assign(found, await PARTS[part](stage))
    onPart(found)
  }
  return found
}

async function inTurn<T, R>(list: readonly T[], act: (item: T) => R | Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (const item of list) results.push(await act(item))
  return results
}

async function job({ options, variants, surroundings, progress }: Stage): Promise<Found> {
  const [route] = ROUTES.filter(({ callsOut }) => callsOut)
  if (!route) return {}
  const pairs = variants.flatMap((variant) => options.formats.map((format) => ({ variant, format })))
  return {
    job: await inTurn(pairs, ({ variant, format }) => {
      progress(`job: ${variant.name}, ${format}`)
      return checkJob(variant, format, route, surroundings)
    }),
  }
}

async function start({ plan, variants, surroundings, progress }: Stage): Promise<Found> {
  const chosen = without(variants, SETTINGS)
  const base = {
    variants: chosen,
    format: 'cjs',
    repeats: plan.startRepeats,
    asOperator: false,
    untilExported: false,
  } as const
  const operated = { ...base, variants: only(chosen, STARTED_BY_OPERATOR), asOperator: true }
  const exported = { ...base, repeats: plan.exportedRepeats, untilExported: true }
  return {
    start: await measureStart(base, surroundings, progress),
    operatorStart: await measureStart(operated, surroundings, progress),
    exportedStart: await measureStart(exported, surroundings, progress),
  }
}

/** As with the requests: what goals speak about is measured again. */
async function memory({ plan, variants, surroundings, progress }: Stage): Promise<Found> {
  const chosen = without(variants, SETTINGS)
  const base = { format: 'cjs', marks: plan.memoryMarks } as const
  const first = await measureMemory({ ...base, variants: chosen, rounds: 1, from: 0 }, surroundings, progress)
  const again = { ...base, variants: only(chosen, [...COMPARED_WITH, 'ours']), rounds: plan.memoryRounds - 1, from: 1 }
  return { memory: joinMemory(first, await measureMemory(again, surroundings, progress)) }
}

function joinMemory(first: MemorySamples, second: MemorySamples): MemorySamples {
  const joined = Object.entries(first).map(([mark, { loaded, heap, rss }]) => {
    const more = second[mark]
    const both = {
      loaded: [...loaded, ...(more?.loaded ?? [])],
      heap: [...heap, ...(more?.heap ?? [])],
      rss: [...rss, ...(more?.rss ?? [])],
    }
    return [mark, both] as const
  })
  return Object.fromEntries(joined)
}

/**
 * What goals speak about is measured in several generations of processes. What is there for comparison has one, in a group of its own with its own
 * bare app and stock, for the sake of memory and time.
 */
async function request({ options, plan, variants, surroundings, progress }: Stage): Promise<Found> {
  const routes = ROUTES.filter(({ name }) => options.routes.includes(name))
  const { warmUp, amount, segments } = plan
  const measured = async (format: AppFormat): Promise<readonly [AppFormat, RequestSamples]> => {
    const base = { routes, format, warmUp, amount, segments }
    const main = only(variants, REQUESTED)
    const rounds = options.rounds ?? plan.requestRounds
    const first = await measureRequests(
      { ...base, variants: main, generations: plan.generations, rounds, from: 0 },
      surroundings,
      progress,
    )
    const peers = format === 'cjs' ? without(variants, REQUESTED) : []
    if (peers.length === 0) return [format, first]
    const group = [...only(variants, COMPARED_WITH), ...peers]
    const second = await measureRequests(
      { ...base, variants: group, generations: 1, rounds: plan.peerRounds, from: plan.generations * rounds },
      surroundings,
      progress,
    )
    return [format, joinRequests(first, second)]
  }
  return { requests: Object.fromEntries(await inTurn(options.formats, measured)) }
}

/** Two processes at once, each with surroundings of its own, where there are two cores for them. */
async function instructions({ options, plan, variants, surroundings, progress }: Stage): Promise<Found> {
  checkCallgrind()
  const { formats, rounds = plan.instructions.generations } = options
  const routes = ROUTES.filter(({ name }) => options.routes.includes(name))
  const counted = { ...plan.instructions, generations: rounds, variants: only(variants, REQUESTED), routes, formats }
  if (availableParallelism() < 2) return { instructions: await countInstructions(counted, [surroundings], progress) }
  await using others = await startSurroundings()
  return { instructions: await countInstructions(counted, [surroundings, others], progress) }
}

/** The rounds of both. */
export function joinRequests(first: RequestSamples, second: RequestSamples): RequestSamples {
  const routes = Object.entries(first.routes).map(([route, list]) => [
    route,
    [...list, ...(second.routes[route] ?? [])],
  ])
  return { routes: Object.fromEntries(routes), cold: [...first.cold, ...second.cold] }
}
