// SPDX-License-Identifier: Apache-2.0
import { quantile, type Summary, summarise } from './statistics.ts'

/** One measurement of one variant in one round. Rounds are interleaved, so what they share is the machine's mood. */
export interface Sample {
  readonly variant: string
  readonly round: number
  readonly value: number
}

/**
 * Makes one sample of all that a variant has in a round: their lower quartile. Whoever else is on the machine only ever adds to some of them, for parts
 * of a second or for minutes, so that the middle one tells more of those; the lowest may have missed what belongs to it.
 */
export function calmSamples(samples: readonly Sample[]): readonly Sample[] {
  const groups = Map.groupBy(samples, ({ variant, round }) => `${round} ${variant}`)
  return [...groups.values()].map((group) => {
    const { variant, round } = group[0] as Sample
    return {
      variant,
      round,
      value: quantile(
        group.map(({ value }) => value),
        0.25,
      ),
    }
  })
}

/** What a variant adds to the app without it, and that as a share of what stock adds in the same round. */
export interface Comparison {
  readonly variant: string
  readonly value: Summary
  readonly added: Summary
  readonly ratio: Summary
}

export const BASELINE = 'none'
export const CONTROL = 'none-again'
export const STOCK = 'stock'

/** Compares within each round; rounds in which the variant, the baseline or stock is missing do not count. */
export function compare(samples: readonly Sample[]): readonly Comparison[] {
  const variants = [...new Set(samples.map(({ variant }) => variant))]
  const found = new Map(samples.map(({ variant, round, value }) => [`${round} ${variant}`, value]))
  return variants.map((variant) => {
    const own = samples.filter((sample) => sample.variant === variant)
    const added: number[] = []
    const ratios: number[] = []
    for (const { round, value } of own) {
      const without = found.get(`${round} ${BASELINE}`)
      const stock = found.get(`${round} ${STOCK}`)
      if (without === undefined) continue
      added.push(value - without)
      if (stock !== undefined && stock > without) ratios.push((value - without) / (stock - without))
    }
    const values = own.map(({ value }) => value)
    return { variant, value: summarise(values), added: summarise(added), ratio: summarise(ratios) }
  })
}

/**
 * The noise band, as a share of stock's added cost: how far two copies of the same app came apart. The larger of the distance of their medians
 * and of half the width of the middle half.
 */
export const noiseOf = (comparisons: readonly Comparison[]): number => bandOf(comparisons, ({ ratio }) => ratio)

/** The same in the unit that was measured. */
export const addedNoiseOf = (comparisons: readonly Comparison[]): number => bandOf(comparisons, ({ added }) => added)

function bandOf(comparisons: readonly Comparison[], of: (comparison: Comparison) => Summary): number {
  const control = comparisons.find(({ variant }) => variant === CONTROL)
  if (!control || of(control).count === 0) return 0
  const { median, lower, upper } = of(control)
  return Math.max(Math.abs(median), (upper - lower) / 2)
}
