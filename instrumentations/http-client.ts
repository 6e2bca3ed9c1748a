// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type ClientRequest } from 'node:http'
import type { Runtime } from '../src/runtime.ts'
import { patchClientEmit } from './client-emit.ts'
import { arrayBag, copyHeaderArray, RequestBag } from './header-bag.ts'
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
export function instrumentHttpClient(runtime: Runtime): void {
  observeAgents()
  const bind = patchClientEmit()
  subscribe('http.client.request.created', (message) => {
    try {
      const { request } = message as { readonly request: ClientRequest }
      bind(request, callOf(request))
    } catch {
      // Without a record nothing of ours is sent; `_storeHeader` tries again.
    }
  })
  const prototype = http.ClientRequest.prototype as unknown as { _storeHeader: StoreHeader }
  const original = prototype._storeHeader
  prototype._storeHeader = function (this: ClientRequest, firstLine, headers) {
    let own = headers
    try {
      own = withPlan(this, callOf(this), headers, runtime)
    } catch {
      // The request goes out as the application made it.
    }
    original.call(this, firstLine, own)
  }
}

function withPlan(request: ClientRequest, call: OutgoingCall, headers: unknown, runtime: Runtime): unknown {
  // A proxy agent may have changed the path, and serialises the head a second time then.
  const allowed = call.plan?.allowed !== false && isRouteAllowed(request, call, runtime.policy)
  call.plan ??= planOutbound(call.made, allowed, request.host, runtime)
  if (Array.isArray(headers)) {
    const copy = copyHeaderArray(headers)
    applyOutboundPlan(arrayBag(copy), call.plan, allowed, runtime)
    return copy
  }
  if (headers === null || headers === undefined) {
    const added: unknown[] = []
    applyOutboundPlan(arrayBag(added), call.plan, allowed, runtime)
    return added.length === 0 ? headers : added
  }
  // `headers` is the request's own map, which the setters change in place.
  applyOutboundPlan(new RequestBag(request), call.plan, allowed, runtime)
  return headers
}
