// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'

describe('OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  for (const [suffix, path] of [
    ['', '/v1/traces'],
    ['/', '/v1/traces'],
    ['/base', '/base/v1/traces'],
    ['/base/', '/base/v1/traces'],
  ] as const) {
    for (const [fixture, end] of [
      ['http.cjs', '/'],
      ['exiting.cjs', '/exit'],
    ] as const) {
      it(`with "${suffix}" at its end is where spans go, also when ${fixture} ends`, async (t) => {
        const env = { OTEL_BSP_SCHEDULE_DELAY: '600000' }
        const one = await oneRequest(t, ({ url }) => ({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: `${url}${suffix}` }), {
          fixture,
        })
        await one.app.request(end).catch(() => undefined)
        assert.deepEqual(await sentAtEnd(one), { [path]: 1 })
        if (path === '/v1/traces') assert.equal(one.sink.spans[0]?.attributes['correlation.id'], ID)
      })
    }
  }

  it('gets requests that carry nothing of ours, and makes no span for them', async (t) => {
    const { sink } = await oneRequest(t, {})
    await sink.waitForSpans(1)
    for (const { headers } of sink.requests) {
      for (const name of ['x-correlation-id', 'x-request-id', 'baggage', 'traceparent'])
        assert.ok(!(name in headers), name)
    }
    assert.deepEqual(
      sink.spans.map(({ kind }) => kind),
      ['SERVER'],
    )
  })

  it('set to another address, nothing comes here', async (t) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', CORRELATION_SHUTDOWN_TIMEOUT_MS: '50' }
    assert.deepEqual(await sentAtEnd(await oneRequest(t, env)), {})
  })
})
