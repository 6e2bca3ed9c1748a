// SPDX-License-Identifier: Apache-2.0
import { VARIANTS } from '../variants.ts'

/** How a variant is called in a report. */
export function titleOf(name: string): string {
  return VARIANTS.find((variant) => variant.name === name)?.title ?? name
}

/** The place of a variant in the list; what is not in it comes last. */
export function placeOf(name: string): number {
  const place = VARIANTS.findIndex((variant) => variant.name === name)
  return place === -1 ? VARIANTS.length : place
}
