// SPDX-License-Identifier: Apache-2.0
import { BoundedCache } from '../src/propagation/bounded-cache.ts'

/** What undici publishes of a request on its channels. */
export interface UndiciRequest {
  readonly method: string
  readonly origin: string | URL
  readonly path: string
  headers: unknown[] | string
  addHeader?(name: string, value: string): void
}

/** The origin of a request, read. */
export interface Origin {
  /** IPv6 in brackets. */
  readonly hostname: string
  readonly port: number | undefined
  readonly authority: string
  readonly isClearText: boolean
  /** As in front of a path, without credentials; undefined where the origin cannot be read. */
  readonly base: string | undefined
}

/** Applications call few origins; crawlers and webhook senders call any number of them. */
const origins = new BoundedCache<Origin>(1000)

// Most requests go where the one before went: comparing takes no hash, which each new text needs.
let lastText: string | undefined
let lastOrigin: Origin | undefined

/** Reads the origin of a request, once for all requests that go there. */
export function originOf(request: UndiciRequest): Origin {
  const text = String(request.origin)
  if (text === lastText && lastOrigin !== undefined) return lastOrigin
  let origin = origins.get(text)
  if (origin === undefined) {
    origin = parseOrigin(text)
    origins.set(text, origin)
  }
  lastText = text
  lastOrigin = origin
  return origin
}

function parseOrigin(text: string): Origin {
  const url = URL.parse(text)
  if (url === null) return { hostname: '', port: undefined, authority: '', isClearText: true, base: undefined }
  const { hostname, protocol, origin: base } = url
  const isClearText = protocol !== 'https:'
  const port = Number(url.port || (isClearText ? 80 : 443))
  return { hostname, port, authority: `${hostname}:${port}`, isClearText, base }
}
