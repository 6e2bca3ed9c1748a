// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'

const MODES = { sampled: {}, unsampled: { OTEL_TRACES_SAMPLER: 'always_off' } }

describe('CORRELATION_MESSAGING', { concurrency: 2 }, () => {
  for (const [value, carries] of [
    [undefined, true],
    ['true', true],
    ['false', false],
  ] as const) {
    for (const [mode, env] of Object.entries(MODES)) {
      it(`${value ?? 'unset'}, ${mode}: messages ${carries ? 'carry' : 'do not carry'} the ID, and calls never do`, async (t) => {
        const app = await runApp({ fixture: 'messages.mjs', env: { ...env, CORRELATION_MESSAGING: value }, t })
        const headers = ['X-Correlation-ID', 'id-1', 'Baggage', 'tenant=7']
        const { producer, client } = JSON.parse((await app.request('/', { headers })).body)
        assert.equal(producer['x-correlation-id'], carries ? 'id-1' : undefined)
        assert.equal(producer.baggage, carries ? 'correlation.id=id-1,tenant=7' : 'tenant=7')
        assert.ok(producer.traceparent)
        assert.equal(client['x-correlation-id'], undefined)
        assert.equal(client.baggage, 'tenant=7')
      })
    }
  }
})
