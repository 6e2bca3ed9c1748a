// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { type RequestOptions, type Response, request } from './http-request.ts'
import type { App } from './run-app.ts'

/** What the fixture `seen.mjs` saw of a request, beside the response. */
export interface Seen {
  readonly response: Response
  /** The active ID; `getCorrelationId()`. */
  readonly id: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly headersDistinct: Readonly<Record<string, readonly string[]>>
  readonly rawHeaders: readonly string[]
}

export const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Asks the fixture what it sees. Headers are lines as on the wire: names and values in turn. */
export async function askSeen(
  app: Pick<App, 'url'>,
  headers: readonly string[] = [],
  options: RequestOptions & { readonly path?: string } = {},
): Promise<Seen> {
  const { path = '/', ...rest } = options
  const response = await request(app.url + path, { headers, ...rest })
  assert.equal(response.status, 200, response.body)
  return { response, ...JSON.parse(response.body) }
}

/** The one ID of an exchange: the application, its response and its own view of the request agree on it. */
export function assertOneId(seen: Seen, header = 'x-correlation-id'): string {
  const { id, response, headers, headersDistinct, rawHeaders } = seen
  assert.ok(id !== null, 'there is no ID')
  assert.equal(response.headers[header], id)
  assert.equal(headers[header], id)
  assert.deepEqual(headersDistinct[header], [id])
  assert.equal(rawHeaders.filter((text) => text.toLowerCase() === header).length, 1)
  assert.equal(rawHeaders[rawHeaders.findIndex((text) => text.toLowerCase() === header) + 1], id)
  return id
}
