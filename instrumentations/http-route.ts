// SPDX-License-Identifier: Apache-2.0
import http, { type ClientRequest } from 'node:http'
import { type ProxyTarget, proxyOf } from './http-proxy.ts'

/** Everyone who gets to see a request in clear text, as far as Node says it. */
export interface HttpRoute {
  /** A Unix socket or a pipe: there is no host to judge. */
  readonly isLocal: boolean
  /** The target, first as the request names it, then as its agents do. The port is undefined where it is not known. */
  readonly targets: readonly ProxyTarget[]
  readonly proxies: readonly ProxyTarget[]
}

interface ConnectOptions {
  readonly host?: unknown
  readonly port?: unknown
  readonly socketPath?: unknown
}

interface AgentLike {
  readonly options?: ConnectOptions
}

type AddRequest = (this: AgentLike, request: ClientRequest, options: unknown, ...rest: unknown[]) => void

interface Handover {
  readonly agent: AgentLike
  readonly port: number | undefined
}

const handovers = new WeakMap<ClientRequest, Handover[]>()

/**
 * Notes which agents a request is handed to, and with which port: the request itself does not keep the port, its Host
 * header may be the application's (or, in a proxy, the client's), and an agent that chooses among proxies hands it on.
 */
export function observeAgents(): void {
  const prototype = http.Agent.prototype as unknown as { addRequest: AddRequest }
  const original = prototype.addRequest
  prototype.addRequest = function addRequest(request, options, ...rest) {
    try {
      const handover = { agent: this, port: toPort((options as ConnectOptions | undefined)?.port) }
      const known = handovers.get(request)
      if (known === undefined) handovers.set(request, [handover])
      else known.push(handover)
    } catch {
      // Without it the port is unknown, which allows no more than the port would.
    }
    original.call(this, request, options, ...rest)
  }
}

/** Where a request goes as of now: before its agent has it the port is unknown, and proxy agents change its path. */
export function routeOf(request: ClientRequest): HttpRoute {
  const known = handovers.get(request) ?? []
  const agents = new Set<AgentLike>(known.map(({ agent }) => agent))
  const own = (request as { readonly agent?: AgentLike | null }).agent
  if (own !== undefined && own !== null) agents.add(own)
  const { host, port } = { host: request.host, port: known[0]?.port }
  const targets: ProxyTarget[] = []
  const proxies: ProxyTarget[] = []
  let isLocal = Boolean((request as { readonly socketPath?: unknown }).socketPath)
  for (const agent of agents) {
    const { options } = agent
    // The options of an agent go over those of the request: `new Agent({ socketPath })` is how Docker clients connect.
    if (options?.socketPath) isLocal = true
    if (options?.host || options?.port) {
      targets.push({ host: options.host ? String(options.host) : host, port: toPort(options.port) ?? port })
    }
    const proxy = proxyOf(request, agent)
    if (proxy !== undefined) proxies.push(proxy)
  }
  return { isLocal, targets: [{ host, port }, ...targets], proxies }
}

function toPort(value: unknown): number | undefined {
  const port = Number(value)
  return Number.isInteger(port) && port > 0 ? port : undefined
}
