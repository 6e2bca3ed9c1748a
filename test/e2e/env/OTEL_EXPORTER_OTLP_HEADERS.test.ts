// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_EXPORTER_OTLP_HEADERS', () => {
  const ENV = {
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret,x-team=a%20b,x-over=general',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-over=traces',
  }
  const EXPECTED = ['secret', 'a b', 'traces']
  for (const [title, env] of Object.entries({
    'is on what is sent while the process runs': {},
    'is on what is sent at exit': { OTEL_BSP_SCHEDULE_DELAY: '60000' },
  })) {
    it(`${title}, and that of the signal wins`, async (t) => {
      const { app, sink } = await oneRequest(t, { ...ENV, ...env }, { fixture: 'exiting.cjs' })
      if ('OTEL_BSP_SCHEDULE_DELAY' in env) await app.request('/exit').catch(() => undefined)
      await sink.waitForSpans(1)
      for (const { headers } of sink.requests) {
        assert.deepEqual([headers['api-key'], headers['x-team'], headers['x-over']], EXPECTED)
      }
    })
  }

  it('unset, none of them is', async (t) => {
    const { sink } = await oneRequest(t, {})
    await sink.waitForSpans(1)
    assert.equal(sink.requests[0]?.headers['api-key'], undefined)
  })
})
