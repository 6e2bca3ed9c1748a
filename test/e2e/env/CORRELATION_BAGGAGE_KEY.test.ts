// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, startOutbound } from '../../support/outbound.ts'

interface Case {
  readonly value: string | undefined
  /** The key that is read and written. */
  readonly key: string | undefined
}

const CASES: Readonly<Record<string, Case>> = {
  'unset: correlation.id': { value: undefined, key: 'correlation.id' },
  'another key': { value: 'request.id', key: 'request.id' },
  none: { value: 'none', key: undefined },
}

describe('CORRELATION_BAGGAGE_KEY', { concurrency: 2 }, () => {
  for (const [name, { value, key }] of Object.entries(CASES)) {
    it(`${name}: read and written`, async (t) => {
      const { app, call } = await startOutbound(t, { env: { CORRELATION_BAGGAGE_KEY: value } })
      const url = 'http://127.0.0.2:{port}/'
      for (const client of ['http.get', 'fetch']) {
        const { requests } = await call({ client, url, received: ['X-Correlation-ID', 'id-1', 'Baggage', 'tenant=7'] })
        const expected = key === undefined ? 'tenant=7' : `${key}=id-1,tenant=7`
        assert.deepEqual(linesOf(requests[0] as (typeof requests)[0], 'baggage'), [expected], client)
      }
      for (const candidate of ['correlation.id', 'request.id']) {
        const headers = ['Baggage', `tenant=7,${candidate}=from-baggage`]
        const response = await app.request('/', { method: 'POST', headers, body: '{}' })
        assert.equal(response.headers['x-correlation-id'] === 'from-baggage', candidate === key, candidate)
      }
    })
  }
})
