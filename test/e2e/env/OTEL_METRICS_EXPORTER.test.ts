// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { request } from '../../support/http-request.ts'
import { oneRequest, sentAtEnd } from '../../support/one-request.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'

const FAST = { OTEL_METRIC_EXPORT_INTERVAL: '50' }

describe('OTEL_METRICS_EXPORTER', () => {
  for (const value of [undefined, 'none', 'otlp,none', 'nonsense']) {
    it(`${value} sends no metrics`, async (t) => {
      const one = await oneRequest(t, { ...FAST, OTEL_METRICS_EXPORTER: value })
      assert.deepEqual(await sentAtEnd(one), { '/v1/traces': 1 })
    })
  }

  for (const [protocol, type] of [
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ]) {
    it(`otlp sends them by ${protocol}, again and again while the process serves`, async (t) => {
      const env = { ...FAST, OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol }
      const { sink } = await oneRequest(t, env)
      await sink.waitForMetrics((all) => all.filter(({ name }) => name === 'correlation.requests').length >= 3)
      const sent = sink.requests.filter(({ path }) => path === '/v1/metrics')
      assert.deepEqual(new Set(sent.map(({ headers }) => headers['content-type'])), new Set([type]))
      for (const { headers } of sent) assert.ok(!('x-correlation-id' in headers) && !('traceparent' in headers))
    })
  }

  it('otlp sends what a script measured when it ends, once, and lets it end', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_METRICS_EXPORTER: 'otlp', X_CORRELATION_ID: 'job-1' }
    const app = await runApp({ fixture: 'script-log.cjs', serve: false, sink, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    const logs = sink.metrics.filter(({ name }) => name === 'correlation.logs')
    assert.deepEqual(
      logs.flatMap(({ points }) => points.map(({ attributes, value }) => ({ ...attributes, value }))),
      [{ 'correlation.present': true, value: 1 }],
    )
  })

  it('prometheus is served, by sdk-node', async (t) => {
    // The port is free at this moment; the exporter does not say which one it got for 0.
    const probe = await startOtlpSink()
    await probe.close()
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(probe.port) }
    const { app, sink } = await oneRequest(t, env)
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.attributes['correlation.id'], 'env-1')
    const { body } = await request(`http://127.0.0.1:${probe.port}/metrics`)
    assert.match(body, /^correlation_requests_total\{correlation_source="header",correlation_reason="none".*\} 1/m)
    assert.match(body, /^http_server_request_duration_count\{/m)
    assert.match(body, /telemetry_distro_name="@org\/correlation"/)
    assert.ok(!body.includes('env-1'))
    assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
  })
})
