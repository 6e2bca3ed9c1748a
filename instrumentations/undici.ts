// SPDX-License-Identifier: Apache-2.0

import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { activeContext } from '../src/correlation/active-context.ts'
import { allowsTarget } from '../src/propagation/outbound-policy.ts'
import type { Runtime } from '../src/runtime.ts'
import { arrayBag, type HeaderBag, textBag } from './header-bag.ts'
import { applyOutboundPlan, planOutbound } from './outbound-headers.ts'
import { bindHandler } from './undici-context.ts'
import { type Origin, originOf, type UndiciRequest } from './undici-request.ts'
import type { UndiciSpans } from './undici-spans.ts'
import { UndiciTunnels } from './undici-tunnel.ts'

type Message = { readonly request: UndiciRequest; readonly socket?: Socket }

/**
 * Adds the ID to requests of `fetch` and undici, or takes it out. The channel is published for each hop of a redirect
 * with that hop's origin, in the caller's context, with the headers still open, and also by copies of undici from npm.
 */
export function instrumentUndici(runtime: Runtime, spans: UndiciSpans | undefined): void {
  const tunnels = new UndiciTunnels()
  on('undici:request:create', (request) => {
    // The request to a proxy that opens a tunnel is the agent's, not the application's.
    if (request.method === 'CONNECT') {
      const { hostname: host, port } = originOf(request)
      if (!runtime.policy.allows(host, port)) tunnels.close(request.path.toLowerCase())
    } else {
      bindHandler(request)
      prepare(request, runtime, tunnels, spans)
    }
  })
  on('undici:client:sendHeaders', (request, { socket }) => {
    tunnels.forget(request)
    if (socket !== undefined) spans?.send(request, socket)
  })
  on('undici:request:error', (request) => tunnels.forget(request))
}

function prepare(
  request: UndiciRequest,
  runtime: Runtime,
  tunnels: UndiciTunnels,
  spans: UndiciSpans | undefined,
): void {
  const bag = bagOf(request)
  if (bag === undefined) return
  const origin = originOf(request)
  // First: it may add a `baggage` line, which ours goes in front of.
  trace(request, origin, bag, spans)
  const { hostname: host, port, authority, isClearText } = origin
  // With a proxy Node 26 has the proxy as origin and the target as an absolute path: both are judged.
  const isAllowed =
    allowsTarget(runtime.policy, { host, port, path: request.path }) && !(isClearText && tunnels.isClosed(authority))
  const plan = planOutbound(activeContext(), isAllowed, host, runtime)
  applyOutboundPlan(bag, plan, isAllowed, runtime)
  if (isAllowed && isClearText) {
    tunnels.watch(authority, request, () => applyOutboundPlan(bag, plan, false, runtime))
  }
}

function trace(request: UndiciRequest, origin: Origin, bag: HeaderBag, spans: UndiciSpans | undefined): void {
  try {
    spans?.begin(request, origin, bag)
  } catch {
    // What comes next must be done all the same.
  }
}

function on(channel: string, listen: (request: UndiciRequest, message: Message) => void): void {
  subscribe(channel, (message) => {
    try {
      listen((message as Message).request, message as Message)
    } catch {
      // A subscriber that throws ends the process; without us the request carries nothing of ours.
    }
  })
}

function bagOf(request: UndiciRequest): HeaderBag | undefined {
  const { headers } = request
  if (Array.isArray(headers)) return arrayBag(headers)
  if (typeof headers !== 'string') return undefined
  return textBag(
    () => request.headers as string,
    (text) => {
      request.headers = text
    },
  )
}
