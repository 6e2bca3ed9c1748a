// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SinkMetric } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const FAST = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '50' }

/** The points of the last export of a metric, as `{…attributes, value}`, in a fixed order. */
function last(metrics: readonly SinkMetric[], name: string) {
  const points = metrics.findLast((metric) => metric.name === name)?.points ?? []
  return points.map(({ attributes, value }) => ({ ...attributes, value })).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
const key = (value: unknown) => JSON.stringify(value)
const source = (name: string, reason: string, value: number) => ({
  'correlation.source': name,
  'correlation.reason': reason,
  value,
})

describe('the counters', () => {
  it('count requests by source and reason, outbound requests by decision, records by presence, and know no ID', async (t) => {
    await using sink = await startOtlpSink()
    const env = { ...FAST, CORRELATION_PROPAGATE_TO: 'localhost' }
    const app = await runApp({ fixture: 'winston-outside.cjs', sink, env, t })
    const send = (headers: Record<string, string> | readonly string[], path = '/') => app.request(path, { headers })
    await send({ 'x-correlation-id': 'secret-1' })
    await send({ 'x-request-id': 'secret-2' })
    await send({ baggage: 'correlation.id=secret-3' })
    await send({})
    await send({})
    await send({ 'x-correlation-id': 'secret 4' })
    await send({ 'x-correlation-id': 'secret-5'.padEnd(129, 'x') })
    await send(['x-correlation-id', 'secret-6', 'x-correlation-id', 'secret-7'])
    await send({ 'x-correlation-id': 'secret-8' }, '/override')
    // To the name that is allowed, twice, and to the address, which is not, once.
    await send({ 'x-correlation-id': 'secret-9' }, `/call?url=http://localhost:${app.port}/`)
    await send({ 'x-correlation-id': 'secret-9' }, `/fetch?url=http://localhost:${app.port}/`)
    await send({ 'x-correlation-id': 'secret-9' }, `/fetch?url=http://127.0.0.1:${app.port}/`)
    await app.stop()

    assert.deepEqual(
      last(sink.metrics, 'correlation.requests'),
      [
        source('baggage', 'none', 1),
        source('generated', 'malformed', 1),
        source('generated', 'missing', 3),
        source('generated', 'too_long', 1),
        source('header', 'app_override', 1),
        source('header', 'conflict', 1),
        source('header', 'none', 7),
      ].sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    )
    assert.deepEqual(last(sink.metrics, 'correlation.outbound'), [
      { 'correlation.decision': 'sent', value: 2 },
      { 'correlation.decision': 'withheld', value: 1 },
    ])
    assert.deepEqual(last(sink.metrics, 'correlation.logs'), [
      { 'correlation.present': false, value: 1 },
      { 'correlation.present': true, value: 15 },
    ])
    assert.ok(
      !JSON.stringify(sink.metrics, (_, value) => (typeof value === 'bigint' ? String(value) : value)).includes(
        'secret',
      ),
    )
    const units = new Map(sink.metrics.map(({ name, unit }) => [name, unit]))
    assert.equal(units.get('correlation.requests'), '{request}')
    assert.equal(units.get('correlation.outbound'), '{request}')
    assert.equal(units.get('correlation.logs'), '{log_record}')
    assert.equal(units.get('http.server.request.duration'), 's')
    assert.equal(units.get('http.client.request.duration'), 's')
  })

  it('count requests whatever the instrumentation ignores or does not do', async (t) => {
    await using sink = await startOtlpSink()
    const env = {
      ...FAST,
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http',
      OTEL_TRACES_EXPORTER: 'none',
      CORRELATION_TRUST: 'none',
    }
    const app = await runApp({ fixture: 'http.mjs', sink, env, t })
    await app.request('/', { headers: { 'x-correlation-id': 'secret-1' } })
    await app.stop()
    assert.deepEqual(last(sink.metrics, 'correlation.requests'), [source('generated', 'untrusted', 1)])
    assert.deepEqual(last(sink.metrics, 'http.server.request.duration'), [])
  })

  it('come with the durations of requests, by route, also where there are no spans', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'express5.mjs', sink, env: { ...FAST, OTEL_TRACES_EXPORTER: 'none' }, t })
    const response = await app.request('/slow?ms=1', { headers: { 'x-correlation-id': 'secret-1' } })
    assert.equal(response.headers['x-correlation-id'], 'secret-1')
    for (const line of await app.waitForLogs(2)) assert.ok(!('trace_id' in line))
    await app.stop()
    const [point] = last(sink.metrics, 'http.server.request.duration') as readonly Record<string, unknown>[]
    assert.equal(point?.['http.route'], '/slow')
    assert.deepEqual(last(sink.metrics, 'correlation.requests'), [source('header', 'none', 1)])
    assert.deepEqual(new Set(sink.requests.map(({ path }) => path)), new Set(['/v1/metrics']))
  })

  it('are not there with correlation off', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'http.mjs', sink, env: { ...FAST, CORRELATION_ENABLED: 'false' }, t })
    await app.request('/')
    await app.stop()
    assert.deepEqual(sink.requests, [])
  })
})
