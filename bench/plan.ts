// SPDX-License-Identifier: Apache-2.0

/** How much of each part is done: enough that two copies of the bare app agree, within the time there is. */
export interface Plan {
  readonly startRepeats: number
  readonly exportedRepeats: number
  /** Rounds of the variants that goals speak about. */
  readonly requestRounds: number
  /** Rounds of the others. */
  readonly peerRounds: number
  /** Rounds of the twin as ES modules, which has the variants of a quick run. */
  readonly esmRounds: number
  readonly warmUp: number
  readonly amount: number
  readonly memoryRounds: number
  readonly memoryMarks: readonly number[]
  readonly latencyRounds: number
  readonly partsRounds: number
  readonly scaleRounds: number
  readonly scaleAmount: number
}

export const FULL: Plan = {
  startRepeats: 12,
  exportedRepeats: 3,
  requestRounds: 7,
  peerRounds: 3,
  esmRounds: 4,
  warmUp: 1_000,
  amount: 2_500,
  memoryRounds: 3,
  memoryMarks: [0, 20_000, 60_000],
  latencyRounds: 1,
  partsRounds: 3,
  scaleRounds: 1,
  scaleAmount: 2_500,
}

export const SHORT: Plan = {
  startRepeats: 5,
  exportedRepeats: 1,
  requestRounds: 3,
  peerRounds: 3,
  esmRounds: 3,
  warmUp: 800,
  amount: 1_500,
  memoryRounds: 1,
  memoryMarks: [0, 5_000, 15_000],
  latencyRounds: 1,
  partsRounds: 1,
  scaleRounds: 1,
  scaleAmount: 1_000,
}
