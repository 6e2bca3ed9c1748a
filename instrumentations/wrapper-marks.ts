// SPDX-License-Identifier: Apache-2.0

/**
 * Gives a function the marks of a wrapper made by @opentelemetry/instrumentation: an instrumentation that the application adds takes
 * such a wrapper off before it puts its own there. Ours hears of it, and stays where it does more than make spans.
 *
 * @param onUnwrap - Called when somebody takes it off.
 */
export function markAsWrapped(wrapper: object, original: unknown, onUnwrap: () => void): void {
  const marks = { __original: original, __wrapped: true, __unwrap: onUnwrap }
  for (const [key, value] of Object.entries(marks)) {
    Object.defineProperty(wrapper, key, { value, writable: true, configurable: true, enumerable: false })
  }
}
