// SPDX-License-Identifier: Apache-2.0
import type { Figure } from './figures.ts'

/** What a figure of a variant may be at most. `figure` and `variant` may end in `*`: each that begins so. */
export interface Goal {
  readonly figure: string
  readonly variant: string
  readonly atMost: number
  readonly unit: string
}

/** How a goal was kept by one of the figures that it speaks about. */
export interface Verdict {
  readonly goal: Goal
  /** Undefined where nothing of it was measured. */
  readonly figure: Figure | undefined
  readonly outcome: 'met' | 'within the noise' | 'missed' | 'far off' | 'lost in the noise' | 'not measured'
}

/** Beyond so many times its goal a figure is far off: no noise does that. */
const FAR_OFF = 2

const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** Compares each goal with each of its figures; one without any has a verdict as well. */
export function judge(goals: readonly Goal[], figures: readonly Figure[]): readonly Verdict[] {
  return goals.flatMap((goal): readonly Verdict[] => {
    const own = figures.filter(({ figure, variant }) => matches(goal.figure, figure) && matches(goal.variant, variant))
    if (own.length === 0) return [{ goal, figure: undefined, outcome: 'not measured' }]
    return own.map((figure) => ({ goal, figure, outcome: outcomeOf(goal, figure) }))
  })
}

function outcomeOf({ atMost }: Goal, { value, noise }: Figure): Verdict['outcome'] {
  // A figure that is no number was asked for and did not come out.
  if (Number.isNaN(value) || value - noise > FAR_OFF * atMost) return 'far off'
  // Where two copies of the bare app differ by more than the goal, nothing is known.
  if (noise > atMost) return 'lost in the noise'
  if (value <= atMost) return 'met'
  return value - noise <= atMost ? 'within the noise' : 'missed'
}

/** The part of the benchmark that measures what a goal is about. */
export const partOf = ({ figure }: Goal): string => figure.split('.')[0] ?? ''

/** What a check is told of the run. */
export interface Checked {
  readonly quick: boolean
  /** Every variant, route and twin was asked for, so a goal that no figure speaks to is a gap. */
  readonly isWhole: boolean
  readonly parts: readonly string[]
}

/**
 * A quick run starts each variant once, and one process is luckier in its compiled code than another: as a share of stock's added cost, where the
 * bare app by itself differs by up to 40 µs from process to process. A whole run starts each several times.
 */
const LUCK_OF_A_PROCESS = 0.15

/** Microseconds are those of the machine, and the one that a quick run is on may be slow or busy. */
const OF_THE_MACHINE = 'µs'

/** Those that fail the build: a quick run is too short to tell what is missed by little, or to be quiet. */
export function failuresOf(verdicts: readonly Verdict[], { quick, isWhole, parts }: Checked): readonly Verdict[] {
  return verdicts.filter(({ goal, figure, outcome }) => {
    if (outcome === 'not measured') return isWhole && parts.includes(partOf(goal))
    if (quick) return outcome === 'far off' && goal.unit !== OF_THE_MACHINE && !mayBeLuck(goal, figure)
    return outcome === 'far off' || outcome === 'missed' || outcome === 'lost in the noise'
  })
}

function mayBeLuck(goal: Goal, figure: Figure | undefined): boolean {
  if (figure === undefined || Number.isNaN(figure.value) || partOf(goal) !== 'request') return false
  return figure.value - Math.max(figure.noise, LUCK_OF_A_PROCESS) <= FAR_OFF * goal.atMost
}
