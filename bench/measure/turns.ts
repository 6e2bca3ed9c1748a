// SPDX-License-Identifier: Apache-2.0
import type { App } from '../processes/app.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import type { Generation } from './generation.ts'
import { FLUSH_MS, quiet } from './quiet.ts'
import { rotate } from './rotate.ts'

/** A kind of request, of which a segment is sent at a time. */
export interface Work {
  readonly name: string
  /** Requests of a segment. */
  readonly amount: number
  send(app: App): Promise<void>
}

export interface TurnsPlan {
  /** Turns before the first that is measured. */
  readonly warmUp: number
  readonly rounds: number
  /** Turns of a round. */
  readonly segments: number
  /** The number of the first round. */
  readonly from: number
}

/** CPU microseconds that a process spends on what it is sent, until it is quiet again. It was quiet when its last work ended, and idle since. */
export async function cpuMicrosOf(variant: Variant, app: App, send: () => Promise<void>): Promise<number> {
  const before = await app.usage()
  await send()
  const after = await quiet(app, variant.exports ? FLUSH_MS : undefined)
  return after.cpuMicros - before.cpuMicros
}

/**
 * CPU microseconds per request of each kind of work, a sample for each segment. Each turn has one segment of each kind of each process, one process
 * after the other, so that what is compared was measured within seconds.
 *
 * The warm-up goes in the same turns: a process that has been idle while all others were warmed up, each at once, begins by compiling again. One
 * turn more is not counted: in it, each comes to rest before and after its segment for the first time.
 */
export async function measureInTurns(
  { processes }: Generation<Variant, App>,
  works: readonly Work[],
  plan: TurnsPlan,
  progress: (text: string) => void,
): Promise<Readonly<Record<string, readonly Sample[]>>> {
  const samples: Record<string, Sample[]> = Object.fromEntries(works.map(({ name }) => [name, []]))
  for (let turn = 0; turn < plan.warmUp; turn += 1) {
    progress(`warming up, turn ${turn + 1} of ${plan.warmUp}`)
    for (const work of works) {
      for (const [, app] of rotate(processes, turn)) await work.send(app)
    }
  }
  for (let turn = -1; turn < plan.rounds * plan.segments; turn += 1) {
    const round = plan.from + Math.floor(turn / plan.segments)
    for (const [index, work] of works.entries()) {
      progress(`round ${round - plan.from + 1} of ${plan.rounds}, ${work.name}`)
      for (const [variant, app] of rotate(processes, plan.from + turn + index)) {
        const micros = await cpuMicrosOf(variant, app, () => work.send(app))
        if (turn >= 0) samples[work.name]?.push({ variant: variant.name, round, value: micros / work.amount })
      }
    }
  }
  return samples
}
