// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startOutbound } from '../support/outbound.ts'

it('correlation.outbound counts what was sent and what was withheld, without the ID', async (t) => {
  await using otlp = await startOtlpSink()
  const env = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '200', OTEL_METRIC_EXPORT_TIMEOUT: '200' }
  const { call } = await startOutbound(t, { env, sink: otlp })
  for (const client of ['http.get', 'fetch']) {
    await call({ client, url: 'http://127.0.0.2:{port}/' })
    await call({ client, url: 'http://127.0.0.2:{port}/' })
    await call({ client, url: 'http://127.0.0.3:{port}/' })
    // An exporter's own request is neither.
    await call({ client, url: 'http://127.0.0.3:{port}/', suppress: true })
  }
  const counted = (all: typeof otlp.metrics) => {
    const { points = [] } = all.findLast(({ name }) => name === 'correlation.outbound') ?? {}
    return Object.fromEntries(points.map(({ attributes, value }) => [JSON.stringify(attributes), value]))
  }
  const expected = { '{"correlation.decision":"sent"}': 4, '{"correlation.decision":"withheld"}': 2 }
  const total = (all: typeof otlp.metrics) => Object.values(counted(all)).reduce((sum, value) => sum + Number(value), 0)
  const metrics = await otlp.waitForMetrics((all) => total(all) >= 6)
  assert.deepEqual(counted(metrics), expected)
  assert.equal(metrics.findLast(({ name }) => name === 'correlation.outbound')?.unit, '{request}')
})
