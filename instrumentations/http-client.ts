// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type ClientRequest } from 'node:http'
import type { Runtime } from '../src/runtime.ts'
import { patchClientEmit, patchResponseEmit } from './client-emit.ts'
import { arrayBag, copyHeaderArray, RequestBag } from './header-bag.ts'
import type { HttpClientSpans } from './http-client-spans.ts'
import { isRouteAllowed, observeAgents } from './http-route.ts'
import { applyOutboundPlan, planOutbound } from './outbound-headers.ts'
import { callOf, type OutgoingCall } from './outgoing-call.ts'

type StoreHeader = (this: ClientRequest, firstLine: string, headers: unknown) => void

/**
 * Adds the ID to requests of `node:http` and `node:https`, or takes it out.
 *
 * The caller's context is kept as the request is made. Where it goes is asked, and the headers are changed, when the head is
 * serialised (`_storeHeader`), which covers what a later hook misses: headers that a proxy copies after the request was
 * made, headers given as an array, which Node serialises in the constructor, and `Expect: 100-continue`.
 */
export function instrumentHttpClient(runtime: Runtime, spans: HttpClientSpans | undefined): void {
  observeAgents()
  const bind = patchClientEmit(spans !== undefined)
  if (spans !== undefined) patchResponseEmit()
  subscribe('http.client.request.created', (message) => {
    try {
      const { request } = message as { readonly request: ClientRequest }
      const call = callOf(request)
      bind(request, call)
      if (call.isBegun) spans?.locate(request, call)
      else spans?.begin(request, call, new RequestBag(request))
    } catch {
      // The request goes out without what failed.
    }
  })
  const prototype = http.ClientRequest.prototype as unknown as { _storeHeader: StoreHeader }
  const original = prototype._storeHeader
  prototype._storeHeader = function (this: ClientRequest, firstLine, headers) {
    let own = headers
    let call: OutgoingCall | undefined
    try {
      call = callOf(this)
      own = withPlan(this, call, headers, runtime, spans)
    } catch {
      // The request goes out as the application made it.
    }
    try {
      original.call(this, firstLine, own)
    } catch (error) {
      // In the constructor: a request that never was emits nothing.
      call?.span?.fail(error as Error)
      throw error
    }
  }
}

function withPlan(
  request: ClientRequest,
  call: OutgoingCall,
  headers: unknown,
  runtime: Runtime,
  spans: HttpClientSpans | undefined,
): unknown {
  const isArray = Array.isArray(headers)
  // `headers` is else the request's own map, which the setters change in place, or nothing.
  const own: unknown[] = isArray ? copyHeaderArray(headers) : []
  const isOwn = isArray || headers === null || headers === undefined
  const bag = isOwn ? arrayBag(own) : new RequestBag(request)
  if (spans !== undefined && !call.isBegun) spans.begin(request, call, bag)
  // A proxy agent may have changed the path, and serialises the head a second time then.
  const allowed = call.plan?.allowed !== false && isRouteAllowed(request, call, runtime.policy)
  call.plan ??= planOutbound(call.made, allowed, request.host, runtime)
  applyOutboundPlan(bag, call.plan, allowed, runtime)
  return isArray || (isOwn && own.length > 0) ? own : headers
}
