// SPDX-License-Identifier: Apache-2.0
import http, { type ClientRequest } from 'node:http'

/** A host that sees a request, and its port where it is known. */
export interface ProxyTarget {
  readonly host: string | undefined
  readonly port: number | undefined
}

interface ProxyConfig {
  readonly href?: unknown
  readonly hostname?: unknown
  readonly host?: unknown
  readonly port?: unknown
}

/** No host, so that no policy allows it. */
const UNKNOWN: ProxyTarget = { host: undefined, port: undefined }

/** Where Node keeps an agent's proxy: one symbol for all agents, undefined where Node knows no proxies yet. */
const PROXY_CONFIG = Object.getOwnPropertySymbols(new http.Agent({ proxyEnv: {} } as http.AgentOptions)).find(
  (symbol) => symbol.description === 'kProxyConfig',
)

/**
 * Finds the proxy that an agent sends a plain-HTTP request to: Node's own (`NODE_USE_ENV_PROXY`, `Agent({ proxyEnv })`, kept
 * under a symbol) and those of http-proxy-agent and its kin (`agent.proxy`). An HTTPS request goes through a tunnel, in
 * which the proxy sees nothing.
 */
export function proxyOf(request: Pick<ClientRequest, 'protocol' | 'path'>, agent: object): ProxyTarget | undefined {
  if (request.protocol === 'https:') return undefined
  if (PROXY_CONFIG !== undefined) {
    const config = (agent as { readonly [key: symbol]: unknown })[PROXY_CONFIG]
    // `NO_PROXY` leaves the path as it is.
    if (config && /^https?:\/\//i.test(request.path)) return targetOf(config)
  }
  const { proxy } = agent as { readonly proxy?: unknown }
  return proxy ? targetOf(proxy) : undefined
}

function targetOf(config: unknown): ProxyTarget {
  if (typeof config !== 'object' || config === null) return UNKNOWN
  const { href, hostname, host, port } = config as ProxyConfig
  const url = typeof href === 'string' ? URL.parse(href) : null
  const name = [hostname, url?.hostname, host].find((candidate) => typeof candidate === 'string' && candidate !== '')
  const number = Number(port || url?.port || (url?.protocol === 'https:' ? 443 : 80))
  return { host: name as string | undefined, port: Number.isInteger(number) && number > 0 ? number : undefined }
}
