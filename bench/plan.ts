// SPDX-License-Identifier: Apache-2.0
import type { InstructionPlan } from './measure/instructions.ts'
import type { PartsPlan } from './measure/parts.ts'
import type { ScalePlan } from './measure/scale.ts'

/** How much of each part is done: enough that two copies of the bare app agree, within the time there is. */
export interface Plan {
  readonly startRepeats: number
  readonly exportedRepeats: number
  /** How often the variants that goals speak about are started anew for the requests: processes differ by more than the rounds of one do. */
  readonly generations: number
  /** Rounds of each generation. */
  readonly requestRounds: number
  /** Rounds of those that are there for comparison. */
  readonly peerRounds: number
  /** Of each route and variant in a round. */
  readonly segments: number
  /**
   * Requests on each route before the first is measured. V8 compiles the app alone anew after some 12,000 of one route, and whatever has more code,
   * some 22,000; with fewer, what is measured is how soon that happens.
   */
  readonly warmUp: number
  /** Requests of one segment. Of fewer, its first, for which the process comes back from idleness, and its last batch weigh too much. */
  readonly amount: number
  readonly memoryRounds: number
  readonly memoryMarks: readonly number[]
  readonly latencyRounds: number
  readonly parts: Omit<PartsPlan, 'variants'>
  readonly scale: Pick<ScalePlan, 'rounds' | 'segments' | 'warmUp' | 'amount'>
  readonly instructions: Pick<InstructionPlan, 'generations' | 'warmUp' | 'segments' | 'amount'>
}

export const FULL: Plan = {
  startRepeats: 8,
  exportedRepeats: 2,
  generations: 5,
  requestRounds: 1,
  peerRounds: 2,
  segments: 6,
  warmUp: 20_000,
  amount: 1_200,
  memoryRounds: 2,
  memoryMarks: [0, 20_000, 60_000],
  latencyRounds: 1,
  parts: { generations: 3, rounds: 3, blocks: 8, warmUp: 80_000, amount: 4_000 },
  scale: { rounds: 2, segments: 3, warmUp: 4, amount: 2_500 },
  instructions: { generations: 1, warmUp: 10_000, segments: 10, amount: 400 },
}

export const SHORT: Plan = {
  startRepeats: 5,
  exportedRepeats: 1,
  generations: 1,
  requestRounds: 2,
  peerRounds: 2,
  segments: 2,
  warmUp: 4_000,
  amount: 600,
  memoryRounds: 1,
  memoryMarks: [0, 5_000, 15_000],
  latencyRounds: 1,
  parts: { generations: 1, rounds: 3, blocks: 6, warmUp: 40_000, amount: 4_000 },
  scale: { rounds: 1, segments: 2, warmUp: 1, amount: 1_000 },
  instructions: { generations: 1, warmUp: 500, segments: 2, amount: 100 },
}
