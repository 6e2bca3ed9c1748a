// SPDX-License-Identifier: Apache-2.0
import { activeContext, withContext } from '../../src/correlation/active-context.ts'

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Binds a callback to the caller's context: a library that calls it from its socket's events would run it in the one that opened the connection. */
export function bindActive(callback: AnyFunction): AnyFunction {
  const active = activeContext()
  return function (this: unknown, ...args) {
    return withContext(active, callback, this, ...args)
  }
}

/** Binds the argument at this place, if it is a function. */
export function bindArgument(args: unknown[], index: number): void {
  const callback = args[index]
  if (typeof callback === 'function') args[index] = bindActive(callback as AnyFunction)
}
