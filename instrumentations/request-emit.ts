// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import http from 'node:http'
import { context } from '@opentelemetry/api'
import { getRequestState, type RequestState, recallState } from '../src/correlation/request-state.ts'
import { bindEmit } from './own-emit.ts'

type Emit = (this: EventEmitter, ...args: unknown[]) => boolean

/** Hears of `close` and `error` of a request or a response, before its listeners do. Must not throw. */
export type OnEnd = (emitter: EventEmitter, state: RequestState, event: 'close' | 'error', error: unknown) => void

/**
 * Runs the listeners of each inbound request and of its response in the request's own context. Their events come from the socket, whose
 * own context is nobody's or, on a keep-alive connection, another request's (https://github.com/nodejs/node/issues/33723).
 *
 * One `emit` on each of the two prototypes, which finds the state by a property of the emitter: an own `emit` for every request and
 * response costs ten times as much. It is also what ends the server span: no listener is added that the application would count.
 */
export function patchRequestEmit(onEnd: OnEnd): void {
  for (const prototype of [http.IncomingMessage.prototype, http.ServerResponse.prototype]) {
    patchPrototype(prototype as EventEmitter, onEnd)
  }
}

/** Whether the emitter has the `emit` of one of the two classes, whatever others have put around ours by now. */
export function emitsInContext({ emit }: EventEmitter): boolean {
  return emit === http.IncomingMessage.prototype.emit || emit === http.ServerResponse.prototype.emit
}

/** Does the same for an emitter that is of neither class. */
export function bindRequestEmitter(emitter: EventEmitter, state: RequestState, onClose?: () => void): void {
  const { context: requestContext } = state
  if (requestContext !== undefined) {
    bindEmit(emitter, requestContext, (active) => getRequestState(active) === state, onClose)
  }
}

function patchPrototype(prototype: EventEmitter, onEnd: OnEnd): void {
  const own = Object.hasOwn(prototype, 'emit') ? (prototype.emit as Emit) : undefined
  // What is inherited is looked up at each event: a library may patch it in the meantime.
  const parent = Object.getPrototypeOf(prototype) as { readonly emit: Emit }
  const emit: Emit = function (this: EventEmitter, ...args) {
    const original = own ?? parent.emit
    const state = recallState(this)
    if (state?.context === undefined)
      return args.length === 1 ? original.call(this, args[0]) : original.apply(this, args)
    const event = args[0]
    if (event === 'close' || event === 'error') onEnd(this, state, event, args[1])
    // Left alone where it is the request's already, so that a listener sees the span that is active where the event is emitted.
    if (getRequestState(context.active()) === state) {
      return args.length === 1 ? original.call(this, args[0]) : original.apply(this, args)
    }
    return context.with(state.context, original as (...args: unknown[]) => boolean, this, ...args)
  }
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
}
