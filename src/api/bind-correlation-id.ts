// SPDX-License-Identifier: Apache-2.0
import { context } from '@opentelemetry/api'

/**
 * Binds a function to the correlation ID, and the whole context, of the moment it is bound in.
 *
 * @remarks
 * For callbacks that something else calls from a context of its own: a pool, a queue, an emitter that all requests share.
 *
 * @param fn - The function.
 * @returns a function that calls `fn` in the bound context, with its own `this` and arguments. Never throws.
 *
 * @public
 */
export function bindCorrelationId<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
): (...args: Args) => Result {
  const bound = context.active()
  return function (this: unknown, ...args: Args) {
    return context.with(bound, () => fn.apply(this, args))
  }
}
