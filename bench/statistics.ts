// SPDX-License-Identifier: Apache-2.0

/** What a list of measurements comes to: the middle one, and how far the middle half of them lies apart. */
export interface Summary {
  readonly median: number
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** The value below which the given part of the sorted list lies, between two neighbours in proportion. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] as number
  const above = sorted[Math.ceil(place)] as number
  return below + (above - below) * (place - Math.floor(place))
}

export function summarise(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
    count: values.length,
  }
}
