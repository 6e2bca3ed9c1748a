// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, startOutbound } from '../../support/outbound.ts'

interface Case {
  readonly env: Readonly<Record<string, string>>
  readonly carries: readonly string[]
}

const NAMES = ['x-correlation-id', 'x-request-id', 'x-other-id']

const CASES: Readonly<Record<string, Case>> = {
  'unset: the first of CORRELATION_HEADERS': { env: {}, carries: ['x-correlation-id'] },
  'unset, with other inbound names': {
    env: { CORRELATION_HEADERS: 'X-Other-ID,x-correlation-id' },
    carries: ['x-other-id'],
  },
  'a name in any case': { env: { CORRELATION_OUTBOUND_HEADER: 'X-Request-ID' }, carries: ['x-request-id'] },
  'a list': {
    env: { CORRELATION_OUTBOUND_HEADER: 'x-correlation-id, x-request-id' },
    carries: ['x-correlation-id', 'x-request-id'],
  },
  none: { env: { CORRELATION_OUTBOUND_HEADER: 'none' }, carries: [] },
}

describe('CORRELATION_OUTBOUND_HEADER', { concurrency: 2 }, () => {
  for (const [name, { env, carries }] of Object.entries(CASES)) {
    it(name, async (t) => {
      const { call } = await startOutbound(t, { env })
      for (const client of ['http.get', 'fetch', 'http.request(options)']) {
        const { id, requests } = await call({ client, url: 'http://127.0.0.2:{port}/' })
        const [request] = requests
        assert.ok(request)
        for (const header of NAMES)
          assert.deepEqual(linesOf(request, header), carries.includes(header) ? [id] : [], header)
        // Baggage is a projection of its own.
        assert.deepEqual(linesOf(request, 'baggage'), [`correlation.id=${id}`])
      }
    })
  }
})
