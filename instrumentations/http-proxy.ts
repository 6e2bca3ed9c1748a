// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest } from 'node:http'

/** Where a plain-HTTP request really goes when its agent speaks to a proxy. */
export interface ProxyTarget {
  readonly host: string | undefined
  readonly port: number | undefined
}

interface ProxyConfig {
  readonly href?: string
  readonly hostname?: string
  readonly host?: string
  readonly port?: string | number
}

/**
 * Finds the proxy of a request's agent: Node's own (`NODE_USE_ENV_PROXY`, `Agent({ proxyEnv })`, kept under a
 * symbol) and those of http-proxy-agent and its kin (`agent.proxy`). An HTTPS request goes through a tunnel, in which
 * the proxy sees nothing.
 */
export function proxyOf(request: ClientRequest): ProxyTarget | undefined {
  if (request.protocol === 'https:') return undefined
  const agent = (request as { readonly agent?: object }).agent
  if (agent === undefined || agent === null || !/^https?:\/\//i.test(request.path)) return undefined
  const own = Object.getOwnPropertySymbols(agent).find((symbol) => symbol.description === 'kProxyConfig')
  const found = own === undefined ? (agent as { readonly proxy?: unknown }).proxy : Reflect.get(agent, own)
  if (typeof found !== 'object' || found === null) return undefined
  const config = found as ProxyConfig
  if (config.hostname === undefined && config.href === undefined) return undefined
  const url = config.href === undefined ? undefined : URL.parse(config.href)
  const port = Number(config.port ?? url?.port)
  return { host: config.hostname ?? url?.hostname, port: Number.isInteger(port) && port > 0 ? port : undefined }
}
