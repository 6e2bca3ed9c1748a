// SPDX-License-Identifier: Apache-2.0

/** The same list, begun one further each time; every second time backwards, so that neighbours change as well. */
export function rotate<T>(list: readonly T[], by: number): readonly T[] {
  const start = list.length === 0 ? 0 : by % list.length
  const rotated = [...list.slice(start), ...list.slice(0, start)]
  return by % 2 === 0 ? rotated : rotated.toReversed()
}
