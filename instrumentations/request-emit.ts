// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import { diag } from '@opentelemetry/api'
import { activeContext, withContext } from '../src/correlation/active-context.ts'
import { getRequestState, type RequestState, recallState } from '../src/correlation/request-state.ts'
import { bindEmit } from './own-emit.ts'

type Emit = (this: EventEmitter, ...args: unknown[]) => boolean

/** Hears what ends a request, before its listeners do. */
export interface RequestEnd {
  requestClosed(request: EventEmitter, state: RequestState): void
  responseClosed(response: EventEmitter, state: RequestState): void
  responseFailed(state: RequestState, error: unknown): void
}

/** Node's own: what listens to each event of a request or response, a function where it is only one. */
export interface Listened extends EventEmitter {
  readonly _events?: Readonly<Record<PropertyKey, unknown>>
}

/**
 * Runs the listeners of each inbound request and of its response in the request's own context. Their events come from the socket, whose
 * own context is nobody's or, on a keep-alive connection, another request's (https://github.com/nodejs/node/issues/33723).
 *
 * One `emit` on each of the two prototypes, which finds the state by a property of the emitter: an own `emit` for every request and
 * response shows in profiles. It is also what ends the server span: no listener is added that the application would count.
 */
export function patchRequestEmit(end: RequestEnd): void {
  patchPrototype(http.IncomingMessage.prototype as EventEmitter, (request, state, event) => {
    if (event === 'close') end.requestClosed(request, state)
  })
  patchPrototype(http.ServerResponse.prototype as EventEmitter, (response, state, event, error) => {
    if (event === 'close') end.responseClosed(response, state)
    else if (event === 'error') end.responseFailed(state, error)
  })
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

/**
 * Node itself listens to the end of each request and response, before the application has them: to do that in the request's context would
 * cost more than all the rest here.
 */
export function rememberNodesListeners(request: Listened, response: Listened, state: RequestState): void {
  state.onEnd = onlyListener(request, 'end')
  state.onFinish = onlyListener(response, 'finish')
}

function onlyListener({ _events: events }: Listened, event: string): unknown {
  const listener = events?.[event]
  return typeof listener === 'function' ? listener : undefined
}

/**
 * Where Node alone hears that a response is finished, and nobody the end of its request, what listens to that afterwards is Node's as well:
 * a handler that answers at once has its request read to the end later.
 */
function finish(response: ServerResponse, state: RequestState, emit: Emit): boolean {
  // Adaptors make responses without one, or let go of it.
  const request = response.req as Listened | null | undefined
  const isHeard = request?._events?.['end'] !== undefined
  const wasHandled = emit.call(response, 'finish')
  if (request && !isHeard) state.onEnd = onlyListener(request, 'end')
  return wasHandled
}

type Hear = (emitter: EventEmitter, state: RequestState, event: unknown, value: unknown) => void

/** An exporter of any kind may be at work behind the end of a span: listeners run whatever becomes of it. */
function hearSafely(hear: Hear, emitter: EventEmitter, state: RequestState, event: unknown, value: unknown): void {
  try {
    hear(emitter, state, event, value)
  } catch (error) {
    diag.error('@org/correlation: the end of a request could not be recorded.', error)
  }
}

/** Nobody listens, and it ends nothing. */
function isNothing(events: Listened['_events'], event: string): boolean {
  return (
    events !== undefined && events[event] === undefined && event !== 'close' && event !== 'error' && event !== 'finish'
  )
}

function patchPrototype(prototype: EventEmitter, hear: Hear): void {
  const own = Object.hasOwn(prototype, 'emit') ? (prototype.emit as Emit) : undefined
  // What is inherited is looked up at each event: a library may patch it in the meantime.
  const parent = Object.getPrototypeOf(prototype) as { readonly emit: Emit }
  const emit: Emit = function (this: Listened, ...args) {
    const original = own ?? parent.emit
    const event = args[0] as string
    const state = isNothing(this._events, event) ? undefined : recallState(this)
    if (state?.context !== undefined) {
      if (event === 'close' || event === 'error') hearSafely(hear, this, state, event, args[1])
      const listener = this._events === undefined ? true : this._events[event]
      const isNobodys = listener === undefined || listener === state.onEnd || listener === state.onFinish
      // Left alone where it is the request's already, so that a listener sees the span that is active where the event is emitted.
      if (!isNobodys && getRequestState(activeContext()) !== state) {
        return withContext(state.context, original as (...args: unknown[]) => boolean, this, ...args)
      }
      if (event === 'finish' && isNobodys && args.length === 1)
        return finish(this as unknown as ServerResponse, state, original)
    }
    return args.length === 1 ? original.call(this, args[0]) : original.apply(this, args)
  }
  // As what it hides: a loop over the names of a request, to copy it say, finds it.
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable: true })
}
