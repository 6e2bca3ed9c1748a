// SPDX-License-Identifier: Apache-2.0
import type { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

/**
 * The upstream context manager with a settable ground: what is active where nothing else is. A script that was started
 * under an ID (`CORRELATION_FROM_ENV`) has it there; `enterWith` would not reach code that runs from a callback of the loader.
 */
export class GroundedContextManager extends AsyncLocalStorageContextManager {
  #ground: Context = ROOT_CONTEXT

  override active(): Context {
    const active = super.active()
    return this.#ground !== ROOT_CONTEXT && isRoot(active) ? this.#ground : active
  }

  /** Upstream binds the function to its `this` first, which is a new function for each call. */
  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const storage = (this as unknown as { readonly _asyncLocalStorage: AsyncLocalStorage<Context> })._asyncLocalStorage
    if (thisArg === undefined || thisArg === null) return storage.run(context, fn, ...args)
    return storage.run(context, Reflect.apply, fn, thisArg, args) as ReturnType<F>
  }

  setGround(context: Context): void {
    this.#ground = context
  }
}

/** Each copy of the API has a root of its own, and the application's is not the one that is built in here. */
function isRoot(context: Context): boolean {
  return (
    context === ROOT_CONTEXT ||
    (context as { readonly _currentContext?: Map<symbol, unknown> })._currentContext?.size === 0
  )
}
