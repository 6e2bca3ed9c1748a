// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { AccessEntry } from '../real/proxies.ts'
import { rawRequest } from './raw-request.ts'
import { parseRawResponse, type RawResponse, valuesOf } from './raw-response.ts'
import { UUID_V4 } from './seen.ts'
import type { RunningProxy } from './start-proxy.ts'

/** One request through a proxy, and what its access log says of it. */
export interface Exchange extends RawResponse {
  readonly entry: AccessEntry
}

let count = 0

/** A path that no other request has, so that its line can be found. */
export function newUri(path = '/'): string {
  count++
  return `${path}?n=${count}`
}

/** The bytes of a request, Latin-1, that wants no other on its connection. */
export function requestBytes(uri: string, lines: readonly string[] = []): string {
  return [`GET ${uri} HTTP/1.1`, 'Host: shop.example', ...lines, 'Connection: close', '', ''].join('\r\n')
}

/** Sends header lines as they are, on a connection of their own. */
export async function exchange(proxy: RunningProxy, lines: readonly string[], uri = newUri()): Promise<Exchange> {
  const response = parseRawResponse(await rawRequest(proxy.port, requestBytes(uri, lines)))
  return { ...response, entry: await proxy.entryOf(uri) }
}

/** Fails unless the response has one ID, the expected or a new UUID v4, and the access log has the same; returns it. */
export function assertOneId(exchanged: Exchange, kept: string | undefined): string {
  const ids = valuesOf(exchanged, 'x-correlation-id')
  assert.equal(ids.length, 1, `the response has ${ids.length} IDs: ${ids.join(' ')}`)
  const [id = ''] = ids
  if (kept === undefined) assert.match(id, UUID_V4)
  else assert.equal(id, kept)
  assert.equal(exchanged.entry.id, id)
  assert.equal(exchanged.entry.status, exchanged.status)
  return id
}
