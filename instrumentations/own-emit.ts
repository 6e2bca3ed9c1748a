// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events'
import type { Context } from '@opentelemetry/api'
import { activeContext, withContext } from '../src/correlation/active-context.ts'

type Emit = (this: unknown, ...args: unknown[]) => boolean

const bound = new WeakSet<object>()

/**
 * Runs the listeners of a request, response or upgraded socket, and those of an outbound request, in its own context. Its events come from the
 * socket, whose own context is nobody's or, on a keep-alive connection, another request's
 * (https://github.com/nodejs/node/issues/33723).
 *
 * An own `emit` is one function, where `context.bind` wraps each listener. Where the active context belongs to the
 * request already it is left alone, so that a listener still sees the span that is active where the event is emitted.
 *
 * @param belongs - Whether the active context is the request's own.
 */
export function bindEmit(
  emitter: EventEmitter,
  boundContext: Context,
  belongs: (active: Context) => boolean,
  onClose?: () => void,
): void {
  if (bound.has(emitter) || typeof emitter.emit !== 'function') return
  bound.add(emitter)
  // What is inherited is looked up at each event: a library may patch the prototype's `emit` in the meantime.
  const own = Object.hasOwn(emitter, 'emit') ? (emitter.emit as Emit) : undefined
  const prototype = Object.getPrototypeOf(emitter) as { emit: Emit }
  const emit: Emit = function (this: unknown, ...args) {
    const original = own ?? prototype.emit
    if (onClose !== undefined && args[0] === 'close') onClose()
    if (belongs(activeContext())) return original.apply(this, args)
    return withContext(boundContext, original as (...args: unknown[]) => boolean, this, ...args)
  }
  Object.defineProperty(emitter, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
}
