// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import { type Context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { withContext } from '../../src/correlation/active-context.ts'
import { bindCallback } from '../bound-callback.ts'
import type { Method } from '../patch-method.ts'
import type { Delivered } from './amqp-operation.ts'
import { type Table, tableGetter } from './amqp-table.ts'

/** The events of channels and connections that are the application's to hear; the others are amqplib's own way of working. */
const EVENTS: ReadonlySet<unknown> = new Set(['error', 'close', 'return', 'drain', 'blocked', 'unblocked'])

type Register = (this: EventEmitter, event: unknown, listener: unknown) => EventEmitter

/**
 * Runs the listeners of a channel or a connection in the context that they were registered in, and those of `return` in that of the message
 * which came back. They are called from events of the socket, whose context is that of whoever opened the connection, or
 * of whoever happened to write last: the first request's, say, for all that follow.
 *
 * @param messaging - Whether messages carry the ID.
 */
export function patchListeners(prototype: EventEmitter, messaging: boolean): void {
  // What is inherited is looked up at each call: a library may patch it in the meantime.
  const parent = Object.getPrototypeOf(prototype) as { readonly on: Register; readonly once: Register }
  const on: Register = function (event, listener) {
    const own =
      EVENTS.has(event) && typeof listener === 'function' ? boundListener(event, listener, messaging) : listener
    return parent.on.call(this, event, own)
  }
  const once: Register = function (event, listener) {
    if (!EVENTS.has(event) || typeof listener !== 'function') return parent.once.call(this, event, listener)
    const bound = boundListener(event, listener, messaging)
    const first: Listener = (...args) => {
      this.removeListener(event as string, first)
      return bound.apply(this, args)
    }
    first.listener = listener
    return parent.on.call(this, event, first)
  }
  for (const [name, value] of Object.entries({ on, addListener: on, once })) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true })
  }
}

/** By `listener` Node finds what somebody wants to remove, as in the wrappers of its own `once`. */
type Listener = Method & { listener?: unknown }

function boundListener(event: unknown, listener: object, messaging: boolean): Listener {
  const bound: Listener =
    event === 'return' && messaging ? inContextOfMessage(listener as Method) : bindCallback(listener as Method)
  bound.listener = listener
  return bound
}

function inContextOfMessage(listener: Method): Method {
  const otherwise = bindCallback(listener)
  return function (this: unknown, ...args) {
    const context = contextOf(args[0])
    return context === undefined ? otherwise.apply(this, args) : withContext(context, listener, this, ...args)
  }
}

function contextOf(message: unknown): Context | undefined {
  try {
    const { headers } = (message as Delivered).properties
    return propagation.extract(ROOT_CONTEXT, (headers ?? {}) as Table, tableGetter)
  } catch {
    return undefined
  }
}
