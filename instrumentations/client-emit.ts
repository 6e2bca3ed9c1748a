// SPDX-License-Identifier: Apache-2.0

import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import { activeContext, withContext } from '../src/correlation/active-context.ts'
import { findCall, type OutgoingCall, rememberCall } from './outgoing-call.ts'
import { bindEmit } from './own-emit.ts'
import type { Listened } from './request-emit.ts'

type Emit = (this: unknown, ...args: unknown[]) => boolean

/** What is to be known of an event beside who listens to it. */
interface Hearing {
  readonly events: ReadonlySet<unknown>
  hear(call: OutgoingCall, emitter: unknown, event: unknown, value: unknown): void
}

/**
 * Runs the listeners of outbound requests in the context that the request was made in. Node emits what goes wrong with a queued request in the
 * context of the request that freed its place in the agent: without this the `error` listener would log, and try again, under another
 * request's ID. A request that was made under no ID has none there.
 *
 * One function for all requests, where an own `emit` for each costs some microseconds. It hears what ends a span as well: listeners
 * would be counted by the application, and a request with one for `response` is taken for one whose response is read.
 *
 * @param hasSpans - Whether a request may have a span; without, an event that nobody listens to concerns nobody.
 * @returns A function to call with each new request: one whose `emit` is another than the patched one gets an own.
 */
export function patchClientEmit(hasSpans: boolean): (request: ClientRequest, call: OutgoingCall) => void {
  const patched = patchEmit(http.ClientRequest.prototype, hasSpans ? REQUEST : undefined)
  return (request, call) => {
    if ((request as unknown as { emit: Emit }).emit === patched) return
    bindEmit(request, call.made, (active) => call.isAtHome(active))
  }
}

/** The same for the responses to requests that have spans. */
export function patchResponseEmit(): void {
  patchEmit(http.IncomingMessage.prototype, RESPONSE)
}

function patchEmit(prototype: object, hearing: Hearing | undefined) {
  const target = prototype as { emit: Emit }
  const parent = Object.getPrototypeOf(prototype) as { emit: Emit }
  const own = Object.hasOwn(prototype, 'emit') ? target.emit : undefined
  const patched: Emit = function emit(this: unknown, ...args) {
    // What is inherited is looked up at each event: a library may patch it in the meantime.
    const original = own ?? parent.emit
    const event = args[0]
    const isHeard = hearing?.events.has(event) === true
    const isListenedTo = hasListener((this as Listened)._events, event)
    const call = isHeard || isListenedTo ? findCall(this as object) : undefined
    if (call === undefined) return original.apply(this, args)
    if (isHeard && call.isTraced) hearing?.hear(call, this, event, args[1])
    if (!isListenedTo || call.isAtHome(activeContext())) return original.apply(this, args)
    return withContext(call.made, original as (...args: unknown[]) => boolean, this, ...args)
  }
  target.emit = patched
  return patched
}

/** Where not, `errorMonitor` has none either: Node emits that by itself. */
function hasListener(events: Listened['_events'], event: unknown): boolean {
  return events === undefined || events[event as PropertyKey] !== undefined
}

const REQUEST: Hearing = {
  events: new Set(['response', 'error', 'close']),
  hear(call, _request, event, value) {
    try {
      switch (event) {
        case 'response':
          if (findCall(value as object) === undefined) rememberCall(value as object, call)
          call.span?.respond(value as IncomingMessage)
          break
        case 'error':
          call.span?.fail(value as Error)
          break
        case 'close':
          call.span?.end()
      }
    } catch {
      // Listeners run whatever becomes of the span.
    }
  },
}

const RESPONSE: Hearing = {
  events: new Set(['end', 'error']),
  hear(call, response, event, value) {
    try {
      if (event === 'end') call.span?.complete(response as IncomingMessage)
      else if (event === 'error') call.span?.fail(value as Error)
    } catch {
      // As above.
    }
  },
}
