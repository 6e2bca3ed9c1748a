// SPDX-License-Identifier: Apache-2.0

const NOT_MEASURED = '—'

/** A number with its sign only where it is below zero, and never a negative zero. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return NOT_MEASURED
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** A difference: with its sign. */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits)
  return text.startsWith('−') || text === NOT_MEASURED ? text : `+${text}`
}
