// SPDX-License-Identifier: Apache-2.0

const written = new WeakSet<object>()

/**
 * Remembers metadata that the ID was written into. An instrumentation of the application's own has it written into the application's own object,
 * and what stands there when that object is sent again is not the application's choice.
 */
export function rememberWritten(carrier: unknown): void {
  if (typeof carrier === 'object' && carrier !== null) written.add(carrier)
}

/** Whether the ID was written there by us. */
export function wasWritten(carrier: unknown): boolean {
  return typeof carrier === 'object' && carrier !== null && written.has(carrier)
}
