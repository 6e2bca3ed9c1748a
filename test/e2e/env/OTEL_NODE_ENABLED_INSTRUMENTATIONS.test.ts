// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'

describe('OTEL_NODE_ENABLED_INSTRUMENTATIONS', () => {
  for (const [value, names] of [
    [undefined, ['CLIENT GET', 'SERVER GET /fetch', 'SERVER GET /missing']],
    ['http,winston', ['SERVER GET', 'SERVER GET']],
    ['http, express, undici', ['CLIENT GET', 'SERVER GET /fetch', 'SERVER GET /missing']],
    ['undici', ['CLIENT GET']],
  ] as const) {
    it(`${value} makes the spans ${names.join(', ')}; the ID is in the response in any case`, async (t) => {
      const { app, sink } = await oneRequest(
        t,
        { OTEL_NODE_ENABLED_INSTRUMENTATIONS: value },
        { fixture: 'express5.mjs' },
      )
      const response = await app.request(`/fetch?url=${app.url}/slow?ms=1`, { headers: { 'x-correlation-id': ID } })
      assert.equal(response.headers['x-correlation-id'], ID)
      const hasId = value === undefined || value.includes('winston')
      const logs = await app.waitForLogs(5)
      for (const line of logs) assert.equal(line['correlation_id'], hasId ? ID : undefined)
      await app.stop()
      const kinds = sink.spans.map(({ kind, name }) => `${kind} ${name}`).sort()
      assert.deepEqual(kinds, expected(names))
    })
  }
})

/** The first request is one more server span. */
function expected(names: readonly string[]): readonly string[] {
  const hasServer = names.some((name) => name.startsWith('SERVER'))
  const hasRoute = names.includes('SERVER GET /fetch')
  const more = hasServer ? [hasRoute ? 'SERVER GET /' : 'SERVER GET'] : []
  return [...names, ...more].map((name) => name.replace('/missing', '/slow')).sort()
}
