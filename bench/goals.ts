// SPDX-License-Identifier: Apache-2.0
import type { Figure } from './figures.ts'

/** What a figure of a variant may be at most. `figure` and `variant` may end in `*`: each that begins so. */
export interface Goal {
  readonly figure: string
  readonly variant: string
  readonly atMost: number
  readonly unit: string
}

/** How a goal was kept, by the figure that is worst. */
export interface Verdict {
  readonly goal: Goal
  /** Undefined where nothing of it was measured. */
  readonly worst: Figure | undefined
  readonly outcome: 'met' | 'within the noise' | 'missed' | 'far off' | 'not measured'
}

/** Beyond so many times its goal a figure is far off: no noise does that. */
const FAR_OFF = 2

const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** Compares each goal with the worst of its figures. */
export function judge(goals: readonly Goal[], figures: readonly Figure[]): readonly Verdict[] {
  return goals.map((goal) => {
    const own = figures.filter(({ figure, variant }) => matches(goal.figure, figure) && matches(goal.variant, variant))
    // A figure that is no number is worse than any: it was asked for and did not come out.
    const badness = ({ value, noise }: Figure) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value - noise)
    const worst = own.toSorted((a, b) => badness(b) - badness(a))[0]
    return { goal, worst, outcome: worst ? outcomeOf(goal, worst) : 'not measured' }
  })
}

function outcomeOf({ atMost }: Goal, { value, noise }: Figure): Verdict['outcome'] {
  if (value <= atMost) return 'met'
  if (value - noise <= atMost) return 'within the noise'
  return value - noise <= FAR_OFF * atMost ? 'missed' : 'far off'
}

/** Those that fail the build: a quick run is too short to tell what is missed by little. */
export function failuresOf(verdicts: readonly Verdict[], quick: boolean): readonly Verdict[] {
  return verdicts.filter(({ outcome }) => outcome === 'far off' || (outcome === 'missed' && !quick))
}
