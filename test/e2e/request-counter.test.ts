// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, it } from 'node:test'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { rawRequest } from '../support/raw-request.ts'
import { runApp } from '../support/run-app.ts'

/** `source reason` of each point of the last export, with its value. */
function countsOf(sink: OtlpSink): Record<string, number> {
  const last = sink.metrics.filter(({ name }) => name === 'correlation.requests').at(-1)
  assert.equal(last?.unit, '{request}')
  return Object.fromEntries(
    (last?.points ?? []).map(({ attributes, value }) => [
      `${attributes['correlation.source']} ${attributes['correlation.reason']}`,
      value,
    ]),
  )
}

describe('correlation.requests', () => {
  it('counts each request once, by where its ID came from and what was noticed', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'none' }
    const app = await runApp({ fixture: 'seen.mjs', sink, env, t })
    const ask = (headers: readonly string[], path = '/') => app.request(path, { headers })
    await ask([])
    await ask([])
    await ask(['X-Correlation-ID', 'a-1'])
    await ask(['baggage', 'correlation.id=g-1'])
    await ask(['X-Correlation-ID', '<x>'])
    await ask(['X-Correlation-ID', 'x'.repeat(129)])
    await ask(['X-Correlation-ID', 'a-1', 'X-Correlation-ID', 'b-2'])
    await ask(['X-Correlation-ID', 'a-1'], '/?x-correlation-id=own')
    // The application's own value is the ID: nothing was overridden.
    await ask(['X-Correlation-ID', 'a-1'], '/?x-correlation-id=a-1')
    await app.stop()
    assert.deepEqual(countsOf(sink), {
      'generated missing': 2,
      'header none': 2,
      'baggage none': 1,
      'generated malformed': 1,
      'generated too_long': 1,
      'header conflict': 1,
      'header app_override': 1,
    })
    // The ID is never an attribute.
    assert.ok(!JSON.stringify(sink.metrics.map(({ points }) => points.map((p) => p.attributes))).includes('a-1'))
  })

  it('counts a writeHead that throws as no answer, upgrades, and clients that go away', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'none' }
    const app = await runApp({ fixture: 'differential/http.mjs', sink, env, t })
    for (const path of ['/head/bad-name', '/head/twice', '/head/early', '/missing']) await app.request(path)
    await app.request('/destroy').catch(() => {})
    await rawRequest(app.port, 'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    await new Promise((resolve) => {
      const outgoing = http.request(`${app.url}/echo`, { method: 'POST', headers: { 'content-length': 9 } })
      outgoing.on('error', resolve).write('half')
      outgoing.on('response', () => outgoing.destroy(new Error('gone')))
    })
    await app.request('/')
    await app.stop()
    assert.deepEqual(countsOf(sink), { 'generated missing': 8 })
  })
})
