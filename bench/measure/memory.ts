// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'

export interface MemoryPlan {
  readonly variants: readonly Variant[]
  readonly format: AppFormat
  readonly rounds: number
  /** The number of the first round. */
  readonly from: number
  /** After how many requests it is looked at; the first is none. */
  readonly marks: readonly number[]
}

/** MiB by the number of requests answered; the heap is what is alive after a collection. */
export type MemorySamples = Readonly<
  Record<string, { readonly rss: readonly Sample[]; readonly heap: readonly Sample[] }>
>

const MIB = 2 ** 20

export async function measureMemory(
  plan: MemoryPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<MemorySamples> {
  const samples = Object.fromEntries(
    plan.marks.map((mark) => [String(mark), { rss: [] as Sample[], heap: [] as Sample[] }]),
  )
  for (let round = plan.from; round < plan.from + plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      progress(`memory, round ${round + 1} of ${plan.from + plan.rounds}: ${variant.name}`)
      await using app = await startApp(variant, { format: plan.format, surroundings })
      let answered = 0
      for (const mark of plan.marks) {
        if (mark > answered) {
          await surroundings.load({ url: `${app.url}/api/plain/7`, amount: mark - answered, connections: 10 })
          answered = mark
        }
        // The RSS is read before the collection, as whoever looks at a container sees it.
        const { rssBytes } = await app.usage()
        const { heapBytes } = await app.usage(true)
        samples[mark]?.rss.push({ variant: variant.name, round, value: rssBytes / MIB })
        samples[mark]?.heap.push({ variant: variant.name, round, value: heapBytes / MIB })
      }
    }
  }
  return samples
}
