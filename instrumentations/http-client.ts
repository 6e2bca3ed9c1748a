// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type ClientRequest } from 'node:http'
import { context } from '@opentelemetry/api'
import { allowsTarget } from '../src/propagation/outbound-policy.ts'
import type { Runtime } from '../src/runtime.ts'
import { arrayBag, type HeaderBag } from './header-bag.ts'
import { proxyOf } from './http-proxy.ts'
import { applyOutboundPlan, type OutboundPlan, planOutbound } from './outbound-headers.ts'

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
  subscribe('http.client.request.created', (message) => {
    try {
      planOf((message as { readonly request: ClientRequest }).request, runtime)
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

function withPlan(request: ClientRequest, headers: unknown, runtime: Runtime): unknown {
  const plan = planOf(request, runtime)
  if (Array.isArray(headers)) {
    const copy = headers.map((item) => (Array.isArray(item) ? [...item] : item))
    applyOutboundPlan(arrayBag(copy), plan, runtime)
    return copy
  }
  if (headers === null || headers === undefined) {
    const added: unknown[] = []
    applyOutboundPlan(arrayBag(added), plan, runtime)
    return added.length === 0 ? headers : added
  }
  // `headers` is the request's own map, which the setters change in place.
  applyOutboundPlan(requestBag(request), plan, runtime)
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

function isAllowed(request: ClientRequest, runtime: Runtime): boolean {
  // A Unix socket has no host to judge.
  if ((request as { readonly socketPath?: string | null }).socketPath) return false
  const port = portOf(request)
  const { policy } = runtime
  if (!allowsTarget(policy, { host: request.host, port, path: request.path })) return false
  const proxy = proxyOf(request)
  return proxy === undefined || policy.allows(proxy.host, proxy.port)
}

/** Node keeps the port only in the authority it composed for the Host header. */
function portOf(request: ClientRequest): number | undefined {
  const authority = request.getHeader('host')
  const isDefault = request.protocol === 'https:' ? 443 : 80
  if (typeof authority !== 'string') return undefined
  const host = request.host.includes(':') ? `[${request.host}]` : request.host
  if (authority.toLowerCase() === host.toLowerCase()) return isDefault
  const prefix = `${host}:`.toLowerCase()
  if (!authority.toLowerCase().startsWith(prefix)) return undefined
  const port = Number(authority.slice(prefix.length))
  return Number.isInteger(port) ? port : undefined
}
