// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import { context } from '@opentelemetry/api'
import { allowsTarget } from '../src/propagation/outbound-policy.ts'
import type { Runtime } from '../src/runtime.ts'
import { arrayBag, type HeaderBag, textBag } from './header-bag.ts'
import { applyOutboundPlan, planOutbound } from './outbound-headers.ts'

interface UndiciRequest {
  readonly method: string
  readonly origin: string | URL
  readonly path: string
  headers: unknown[] | string
}

/**
 * Adds the ID to requests of `fetch` and undici, or takes it out. The channel is published for each hop of a redirect
 * with that hop's origin, in the caller's context, with the headers still open, and also by copies of undici from npm.
 *
 * It must be installed after instrumentation-undici, whose subscriber adds a `baggage` line that ours goes in front of.
 */
export function instrumentUndici(runtime: Runtime): void {
  subscribe('undici:request:create', (message) => {
    try {
      const { request } = message as { readonly request: UndiciRequest }
      // The request to a proxy that opens a tunnel is the agent's, not the application's.
      if (request.method === 'CONNECT') return
      const bag = bagOf(request)
      if (bag === undefined) return
      const origin = URL.parse(String(request.origin))
      const host = origin?.hostname ?? ''
      const port = origin === null ? undefined : Number(origin.port || (origin.protocol === 'https:' ? 443 : 80))
      // With a proxy Node 26 has the proxy as origin and the target as an absolute path: both are judged.
      const allowed = allowsTarget(runtime.policy, { host, port, path: request.path })
      applyOutboundPlan(bag, planOutbound(context.active(), allowed, host, runtime), runtime)
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
