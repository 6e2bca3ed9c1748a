// SPDX-License-Identifier: Apache-2.0
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'

/** The upstream context manager, which binds each function to its `this` before it runs it: a new function for each call. */
export class LeanContextManager extends AsyncLocalStorageContextManager {
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
}
