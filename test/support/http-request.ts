// SPDX-License-Identifier: Apache-2.0
import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RequestOptions {
  readonly method?: string
  /** An object, or names and values in turn as `rawHeaders` has them: for repeated names and letter case. */
  readonly headers?: OutgoingHttpHeaders | readonly string[]
  readonly body?: string | Buffer
  /** By default each request has a connection of its own. */
  readonly agent?: http.Agent
}

export interface Response {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: string
}

const TIMEOUT_MS = 15_000

/** Sends one request with plain `node:http`. */
export function request(url: string | URL, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', headers, body, agent = false } = options
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      url,
      { method, agent, headers: withFraming(headers, new URL(url).host, body), timeout: TIMEOUT_MS },
      (response) => {
        const { statusCode: status = 0, headers: received, rawHeaders } = response
        text(response).then((all) => resolve({ status, headers: received, rawHeaders, body: all }), reject)
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${url} had no answer in ${TIMEOUT_MS} ms.`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Node writes an array of headers as it is, without the `Host` and the length that it adds to an object. */
function withFraming(
  headers: RequestOptions['headers'] = {},
  host: string,
  body: string | Buffer | undefined,
): OutgoingHttpHeaders | readonly string[] {
  if (!isFlatArray(headers)) return headers
  const names = new Set(headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  const framing: string[] = []
  if (!names.has('host')) framing.push('Host', host)
  if (body !== undefined && !names.has('content-length') && !names.has('transfer-encoding')) {
    framing.push('Content-Length', String(Buffer.byteLength(body)))
  }
  return [...framing, ...headers]
}

function isFlatArray(headers: OutgoingHttpHeaders | readonly string[]): headers is readonly string[] {
  return Array.isArray(headers)
}
