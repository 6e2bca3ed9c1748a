// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import { context } from '@opentelemetry/api'
import { BoundedCache } from '../src/propagation/bounded-cache.ts'
import { allowsTarget } from '../src/propagation/outbound-policy.ts'
import type { Runtime } from '../src/runtime.ts'
import { arrayBag, type HeaderBag, textBag } from './header-bag.ts'
import { applyOutboundPlan, planOutbound } from './outbound-headers.ts'
import { bindHandler } from './undici-context.ts'
import { UndiciTunnels } from './undici-tunnel.ts'

interface UndiciRequest {
  readonly method: string
  readonly origin: string | URL
  readonly path: string
  headers: unknown[] | string
}

type Message = { readonly request: UndiciRequest }

/**
 * Adds the ID to requests of `fetch` and undici, or takes it out. The channel is published for each hop of a redirect
 * with that hop's origin, in the caller's context, with the headers still open, and also by copies of undici from npm.
 *
 * It must be installed after instrumentation-undici, whose subscriber adds a `baggage` line that ours goes in front of.
 */
export function instrumentUndici(runtime: Runtime): void {
  const tunnels = new UndiciTunnels()
  on('undici:request:create', (request) => {
    // The request to a proxy that opens a tunnel is the agent's, not the application's.
    if (request.method === 'CONNECT') {
      const { hostname: host, port } = originOf(request)
      if (!runtime.policy.allows(host, port)) tunnels.close(request.path.toLowerCase())
    } else {
      bindHandler(request)
      prepare(request, runtime, tunnels)
    }
  })
  const forget = (request: UndiciRequest) => {
    const { isClearText, authority } = originOf(request)
    if (isClearText) tunnels.forget(authority, request)
  }
  on('undici:client:sendHeaders', forget)
  on('undici:request:error', forget)
}

function prepare(request: UndiciRequest, runtime: Runtime, tunnels: UndiciTunnels): void {
  const bag = bagOf(request)
  if (bag === undefined) return
  const { hostname: host, port, authority, isClearText } = originOf(request)
  // With a proxy Node 26 has the proxy as origin and the target as an absolute path: both are judged.
  const isAllowed =
    allowsTarget(runtime.policy, { host, port, path: request.path }) && !(isClearText && tunnels.isClosed(authority))
  const plan = planOutbound(context.active(), isAllowed, host, runtime)
  applyOutboundPlan(bag, plan, isAllowed, runtime)
  if (isAllowed && isClearText) {
    tunnels.watch(authority, request, () => applyOutboundPlan(bag, plan, false, runtime))
  }
}

function on(channel: string, listen: (request: UndiciRequest) => void): void {
  subscribe(channel, (message) => {
    try {
      listen((message as Message).request)
    } catch {
      // A subscriber that throws ends the process; without us the request carries nothing of ours.
    }
  })
}

interface Origin {
  readonly hostname: string
  readonly port: number | undefined
  readonly authority: string
  readonly isClearText: boolean
}

/** Applications call few origins; crawlers and webhook senders call any number of them. */
const origins = new BoundedCache<Origin>(1000)

function originOf(request: UndiciRequest): Origin {
  const text = String(request.origin)
  let origin = origins.get(text)
  if (origin === undefined) {
    origin = parseOrigin(text)
    origins.set(text, origin)
  }
  return origin
}

function parseOrigin(text: string): Origin {
  const url = URL.parse(text)
  if (url === null) return { hostname: '', port: undefined, authority: '', isClearText: true }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return { hostname: url.hostname, port, authority: `${url.hostname}:${port}`, isClearText: url.protocol !== 'https:' }
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
