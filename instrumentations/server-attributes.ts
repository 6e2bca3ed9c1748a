// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions'
import forwardedParse from 'forwarded-parse'
import { knownMethodOf } from './http-method.ts'
import { REDACTED_PARAMETERS, redactParameters } from './redacted-parameters.ts'

/** With {@link isPlainPath}: a path that the URL parser leaves as it is. */
const PLAIN_PATH = /^\/[\w\-.~!$&'()*+,;=:@/]*$/

/** A query that the form serializer leaves as it is. */
const PLAIN_QUERY = /^[\w.*-]+=[\w.*-]*(?:&[\w.*-]+=[\w.*-]*)*$/

/**
 * What a server span says of its request, by the stable semantic conventions for HTTP, as @opentelemetry/instrumentation-http
 * says it: https://opentelemetry.io/docs/specs/semconv/http/http-spans/.
 */
export function serverAttributes(request: IncomingMessage, scheme: string): Attributes {
  const { headers, socket } = request
  const method = knownMethodOf(request.method)
  const { path, query } = splitUrl(request.url ?? '/', scheme, headers.host)
  const server = serverAddressOf(headers, scheme)
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_SCHEME]: scheme,
    [ATTR_SERVER_ADDRESS]: server?.host,
    [ATTR_NETWORK_PEER_ADDRESS]: socket.remoteAddress,
    [ATTR_NETWORK_PEER_PORT]: socket.remotePort,
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
    [ATTR_USER_AGENT_ORIGINAL]: headers['user-agent'],
    [ATTR_URL_PATH]: path,
    [ATTR_URL_QUERY]: query,
    [ATTR_CLIENT_ADDRESS]: clientAddressOf(request),
    [ATTR_SERVER_PORT]: server?.port === undefined ? undefined : Number(server.port),
  }
  if (request.method !== method) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = request.method
  return attributes
}

interface SplitUrl {
  readonly path: string | undefined
  readonly query: string | undefined
}

function splitUrl(url: string, scheme: string, host: string | undefined): SplitUrl {
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  const query = mark === -1 ? '' : url.slice(mark + 1)
  if (isPlainPath(path) && isPlainQuery(query)) return { path, query: query === '' ? undefined : query }
  const parsed = URL.parse(url, `${scheme}://${host || 'localhost'}`)
  if (parsed === null) return { path: undefined, query: undefined }
  // As text, which leaves out a second question mark: what follows may be the name of a signature.
  const parameters = new URLSearchParams(parsed.search.slice(1))
  return { path: parsed.pathname, query: parsed.search === '' ? undefined : redactParameters(parameters) }
}

/** Two slashes at its start would name a host, and a dot may begin a segment to resolve. */
function isPlainPath(path: string): boolean {
  return PLAIN_PATH.test(path) && !path.startsWith('//') && !path.includes('/.')
}

function isPlainQuery(query: string): boolean {
  return query === '' || (PLAIN_QUERY.test(query) && !REDACTED_PARAMETERS.some((name) => query.includes(name)))
}

interface HostAndPort {
  readonly host: string
  readonly port?: string
}

function serverAddressOf(headers: IncomingHttpHeaders, scheme: string): HostAndPort | undefined {
  const { forwarded, host } = headers
  if (forwarded) {
    for (const entry of parseForwarded(forwarded)) if (entry.host) return splitHost(entry.host, entry.proto)
  }
  const forwardedHost = headers['x-forwarded-host']
  if (typeof forwardedHost === 'string') {
    const proto = headers['x-forwarded-proto']
    return splitHost(forwardedHost, Array.isArray(proto) ? proto[0] : proto)
  }
  return host ? splitHost(host, scheme) : undefined
}

/** Without a port, that of the scheme. */
function splitHost(text: string, scheme: string | undefined): HostAndPort {
  const first = text.indexOf(':')
  const standard = scheme === 'http' ? '80' : scheme === 'https' ? '443' : undefined
  const withStandard = (host: string): HostAndPort => (standard === undefined ? { host } : { host, port: standard })
  if (first === -1) return withStandard(text)
  const last = text.lastIndexOf(':')
  if (first === last) return { host: text.slice(0, first), port: text.slice(first + 1) }
  if (!text.startsWith('[')) return { host: text }
  if (text.endsWith(']')) return withStandard(text)
  return text[last - 1] === ']' ? { host: text.slice(0, last), port: text.slice(last + 1) } : { host: text }
}

function clientAddressOf(request: IncomingMessage): string | undefined {
  const { forwarded } = request.headers
  if (forwarded) {
    for (const entry of parseForwarded(forwarded)) if (entry.for) return withoutPort(entry.for)
  }
  const header = request.headers['x-forwarded-for']
  const value = Array.isArray(header) ? header[0] : header
  if (value) return withoutPort((value.split(',', 1)[0] as string).trim())
  return request.socket.remoteAddress || undefined
}

function withoutPort(address: string): string {
  const hostname = URL.parse(`http://${address}`)?.hostname
  if (hostname === undefined) return address
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
}

function parseForwarded(header: string): readonly Readonly<Record<string, string>>[] {
  try {
    return forwardedParse(header)
  } catch {
    return []
  }
}
