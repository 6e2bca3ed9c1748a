// SPDX-License-Identifier: Apache-2.0
import http, { type ClientRequest } from 'node:http'
import { context } from '@opentelemetry/api'
import { findCall, type OutgoingCall } from './outgoing-call.ts'
import { bindEmit } from './own-emit.ts'

type Emit = (this: unknown, ...args: unknown[]) => boolean

/**
 * Runs the listeners of outbound requests in the context that the request was made in. Node emits what goes wrong with a queued request in the
 * context of the request that freed its place in the agent: without this the `error` listener would log, and try again, under another
 * request's ID. A request that was made under no ID has none there.
 *
 * One function for all requests, where an own `emit` for each costs some microseconds.
 *
 * @returns A function to call with each new request: one whose `emit` is another than the patched one gets an own.
 */
export function patchClientEmit(): (request: ClientRequest, call: OutgoingCall) => void {
  const prototype = http.ClientRequest.prototype as unknown as { emit: Emit }
  const parent = Object.getPrototypeOf(prototype) as { emit: Emit }
  const own = Object.hasOwn(prototype, 'emit') ? prototype.emit : undefined
  const patched: Emit = function emit(this: unknown, ...args) {
    // What is inherited is looked up at each event: a library may patch it in the meantime.
    const original = own ?? parent.emit
    const call = findCall(this as object)
    if (call === undefined || call.hasSameId(context.active())) return original.apply(this, args)
    return context.with(call.made, original as (...args: unknown[]) => boolean, this, ...args)
  }
  prototype.emit = patched
  return (request, call) => {
    if ((request as unknown as { emit: Emit }).emit === patched) return
    bindEmit(request, call.made, (active) => call.hasSameId(active))
  }
}
