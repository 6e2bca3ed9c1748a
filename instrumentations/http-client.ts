// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type ClientRequest } from 'node:http'
import { type Context, context } from '@opentelemetry/api'
import { getId } from '../src/correlation/context.ts'
import { getRequestState } from '../src/correlation/request-state.ts'
import { allowsTarget } from '../src/propagation/outbound-policy.ts'
import type { Runtime } from '../src/runtime.ts'
import { arrayBag, copyHeaderArray, type HeaderBag } from './header-bag.ts'
import { observeAgents, routeOf } from './http-route.ts'
import { applyOutboundPlan, type OutboundPlan, planOutbound } from './outbound-headers.ts'
import { bindEmit } from './own-emit.ts'

type StoreHeader = (this: ClientRequest, firstLine: string, headers: unknown) => void

const plans = new WeakMap<ClientRequest, OutboundPlan>()

/**
 * Adds the ID to requests of `node:http` and `node:https`, or takes it out.
 *
 * The plan is made when the request is created, in the caller's context; it is carried out when the head is
 * serialised (`_storeHeader`), which covers what a later hook misses: headers that a proxy copies after the request was
 * made, headers given as an array, which Node serialises in the constructor, and `Expect: 100-continue`.
 */
export function instrumentHttpClient(runtime: Runtime): void {
  observeAgents()
  subscribe('http.client.request.created', (message) => {
    try {
      const { request } = message as { readonly request: ClientRequest }
      bindToMaker(request, context.active())
      planOf(request, runtime)
    } catch {
      // Without a plan nothing of ours is sent; `_storeHeader` tries again.
    }
  })
  const prototype = http.ClientRequest.prototype as unknown as { _storeHeader: StoreHeader }
  const original = prototype._storeHeader
  prototype._storeHeader = function (this: ClientRequest, firstLine, headers) {
    let own = headers
    try {
      own = withPlan(this, headers, runtime)
    } catch {
      // The request goes out as the application made it.
    }
    original.call(this, firstLine, own)
  }
}

/**
 * Node emits what goes wrong with a queued request in the context of the request that freed its place in the agent: without this
 * the `error` listener would log, and try again, under another request's ID. A request that was made under no ID has none there.
 */
function bindToMaker(request: ClientRequest, made: Context): void {
  const state = getRequestState(made)
  const id = getId(made)
  bindEmit(request, made, (active) => getRequestState(active) === state && getId(active) === id)
}

function withPlan(request: ClientRequest, headers: unknown, runtime: Runtime): unknown {
  const plan = planOf(request, runtime)
  // Asked again, since a proxy agent may have changed the path, and serialises the head a second time then.
  const allowed = plan.allowed && isAllowed(request, runtime)
  if (Array.isArray(headers)) {
    const copy = copyHeaderArray(headers)
    applyOutboundPlan(arrayBag(copy), plan, allowed, runtime)
    return copy
  }
  if (headers === null || headers === undefined) {
    const added: unknown[] = []
    applyOutboundPlan(arrayBag(added), plan, allowed, runtime)
    return added.length === 0 ? headers : added
  }
  // `headers` is the request's own map, which the setters change in place.
  applyOutboundPlan(requestBag(request), plan, allowed, runtime)
  return headers
}

function requestBag(request: ClientRequest): HeaderBag {
  return {
    get(name) {
      const value = request.getHeader(name)
      if (value === undefined) return undefined
      return Array.isArray(value) ? value.join(', ') : String(value)
    },
    set: (name, value) => void request.setHeader(name, value),
    remove: (name) => request.removeHeader(name),
  }
}

function planOf(request: ClientRequest, runtime: Runtime): OutboundPlan {
  let plan = plans.get(request)
  if (plan === undefined) {
    plan = planOutbound(context.active(), isAllowed(request, runtime), request.host, runtime)
    plans.set(request, plan)
  }
  return plan
}

/** Everyone on the way must be allowed. What cannot be read is not: agents are anybody's code. */
function isAllowed(request: ClientRequest, { policy }: Runtime): boolean {
  try {
    const { isLocal, targets, proxies } = routeOf(request)
    if (isLocal) return false
    const { path } = request
    return (
      targets.every(({ host, port }) => allowsTarget(policy, { host, port, path })) &&
      proxies.every(({ host, port }) => policy.allows(host, port))
    )
  } catch {
    return false
  }
}
