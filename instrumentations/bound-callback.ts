// SPDX-License-Identifier: Apache-2.0
import { activeContext, withContext } from '../src/correlation/active-context.ts'

type Callback<Args extends unknown[], Result> = (this: unknown, ...args: Args) => Result

/**
 * Keeps a callback for its caller: it runs in the context that is active now. A client calls back from its socket, or from whoever gave a
 * connection back, and the context there is that of another request, or nobody's.
 *
 * Only our own context, not all of Node's asynchronous context as `AsyncResource.bind` does: what the application keeps in stores of its own is
 * what it would be without us.
 */
export function bindCallback<Args extends unknown[], Result>(callback: Callback<Args, Result>): Callback<Args, Result> {
  const caller = activeContext()
  return function (this: unknown, ...args: Args) {
    return activeContext() === caller ? callback.apply(this, args) : withContext(caller, callback, this, ...args)
  }
}

/** The same for each argument of a call that is a function; the very array where none is. */
export function bindCallbacks(args: unknown[]): unknown[] {
  if (!args.some(isFunction)) return args
  return args.map((argument) => (isFunction(argument) ? bindCallback(argument) : argument))
}

/** A method that keeps the callbacks it is given for its caller. */
export function withBoundCallbacks(method: Callback<unknown[], unknown>): Callback<unknown[], unknown> {
  return function (this: unknown, ...args: unknown[]) {
    return method.apply(this, bindCallbacks(args))
  }
}

function isFunction(value: unknown): value is Callback<unknown[], unknown> {
  return typeof value === 'function'
}
