// SPDX-License-Identifier: Apache-2.0
import { type App, type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import { quantile } from '../statistics.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'
import { send } from './send.ts'

export interface MemoryPlan {
  readonly variants: readonly Variant[]
  readonly format: AppFormat
  readonly rounds: number
  /** The number of the first round. */
  readonly from: number
  /** After how many requests it is looked at; the first is none. */
  readonly marks: readonly number[]
}

/** MiB of a process at one moment. */
export interface Memory {
  /** RSS as the load ends. How much garbage is in it depends on when V8 collects, which it decides by its own clock. */
  readonly loaded: number
  /** What is alive after a collection. */
  readonly heap: number
  /** RSS a moment after that collection. */
  readonly rss: number
}

/** By the number of requests answered. */
export type MemorySamples = Readonly<Record<string, Readonly<Record<keyof Memory, readonly Sample[]>>>>

const MIB = 2 ** 20
/** V8 gives pages back on other threads, and some only after a while. */
const PAUSE_MS = 1_000
const READINGS = 5
const BETWEEN_MS = 100

/** Looks at a process the same way, whichever it is: as it was, its garbage collected twice, and the median of what it has after a pause. */
export async function readMemory(app: Pick<App, 'usage'>, pause = sleep): Promise<Memory> {
  const { rssBytes } = await app.usage()
  const { heapBytes } = await app.usage(true)
  await pause(PAUSE_MS)
  const readings: number[] = []
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push((await app.usage()).rssBytes)
    await pause(BETWEEN_MS)
  }
  return { loaded: rssBytes / MIB, heap: heapBytes / MIB, rss: quantile(readings, 0.5) / MIB }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export async function measureMemory(
  plan: MemoryPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<MemorySamples> {
  const empty = () => ({ loaded: [] as Sample[], heap: [] as Sample[], rss: [] as Sample[] })
  const samples = Object.fromEntries(plan.marks.map((mark) => [String(mark), empty()]))
  for (let round = plan.from; round < plan.from + plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      progress(`memory, round ${round + 1} of ${plan.from + plan.rounds}: ${variant.name}`)
      await using app = await startApp(variant, { format: plan.format, surroundings })
      let answered = 0
      for (const mark of plan.marks) {
        const amount = mark - answered
        if (amount > 0) await send(app, { path: '/api/plain/7', amount, connections: 10 }, surroundings)
        answered = mark
        const found = await readMemory(app)
        for (const kind of ['loaded', 'heap', 'rss'] as const) {
          samples[mark]?.[kind].push({ variant: variant.name, round, value: found[kind] })
        }
      }
    }
  }
  return samples
}
