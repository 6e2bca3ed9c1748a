// SPDX-License-Identifier: Apache-2.0
import net from 'node:net'
import { type Context, type ContextManager, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { servingFlag } from './serving-flag.ts'

/**
 * What is active where nothing else is: the context that a script was started with. Not by `enterWith`, which would not reach code that
 * runs from a callback of the loader.
 *
 * It ends when the process serves, in all of its threads: from there on each request has an ID of its own, and work outside of requests has none.
 */
export class Ground {
  #context: Context = ROOT_CONTEXT
  #serving: Int32Array | undefined

  /** Lays the ground, unless there is nothing to stand on or the process serves already. */
  begin(context: Context, manager: ContextManager): void {
    if (context === ROOT_CONTEXT) return
    const serving = servingFlag(originOf(context))
    if (Atomics.load(serving, 0) !== 0) return
    this.#context = context
    this.#serving = serving
    this.carry(manager)
    onFirstListen(() => Atomics.store(serving, 0, 1))
  }

  /** Has a context manager stand on it: ours, or the one that an application's own SDK registers. Others are left as they are. */
  carry(manager: ContextManager): ContextManager {
    const serving = this.#serving
    if (serving === undefined) return manager
    const ground = this.#context
    const original = manager.active
    manager.active = function (this: ContextManager) {
      const active = original.call(this)
      return isRoot(active) && Atomics.load(serving, 0) === 0 ? ground : active
    }
    return manager
  }
}

/** Tells what a thread has inherited from what it was given for itself. */
function originOf(context: Context): string {
  const span = trace.getSpanContext(context)
  return [getId(context), span?.traceId, span?.spanId].join(' ')
}

/** Each copy of the API has a root of its own, and the application's is not the one that is built in here. */
function isRoot(context: Context): boolean {
  return (
    context === ROOT_CONTEXT ||
    (context as { readonly _currentContext?: Map<symbol, unknown> })._currentContext?.size === 0
  )
}

/** Calls back at the first `listen`. */
function onFirstListen(callback: () => void): void {
  const original = net.Server.prototype.listen
  const listen = function (this: net.Server, ...args: unknown[]) {
    if (net.Server.prototype.listen === (listen as unknown)) net.Server.prototype.listen = original
    callback()
    return Reflect.apply(original, this, args)
  }
  net.Server.prototype.listen = listen as typeof original
}
