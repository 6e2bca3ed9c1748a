// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { CorrelationMetrics } from '../../../src/telemetry/metrics.ts'

async function collect(count: (counters: CorrelationMetrics) => void, counters: CorrelationMetrics) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  metrics.disable()
  metrics.setGlobalMeterProvider(provider)
  count(counters)
  await provider.forceFlush()
  await provider.shutdown()
  return (exporter.getMetrics()[0]?.scopeMetrics ?? []).flatMap((scope) =>
    scope.metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [descriptor.name, descriptor.unit, attributes, value]),
    ),
  )
}

describe('CorrelationMetrics', () => {
  const counters = new CorrelationMetrics()

  it('does nothing without a meter provider', () => {
    counters.request('header', 'none')
    counters.log(true)
    counters.outbound('sent')
  })

  it('follows the provider that is registered later, and each later one', async () => {
    for (let i = 0; i < 2; i++) {
      const points = await collect((each) => {
        each.request('generated', 'malformed')
        each.request('generated', 'malformed')
        each.log(false)
        each.outbound('withheld')
        each.outbound('missing')
      }, counters)
      assert.deepEqual(points, [
        [
          'correlation.requests',
          '{request}',
          { 'correlation.source': 'generated', 'correlation.reason': 'malformed' },
          2,
        ],
        ['correlation.logs', '{log_record}', { 'correlation.present': false }, 1],
        ['correlation.outbound', '{request}', { 'correlation.decision': 'withheld' }, 1],
        ['correlation.outbound', '{request}', { 'correlation.decision': 'missing' }, 1],
      ])
    }
    assert.equal(counters.areRead(), true)
    metrics.disable()
    assert.equal(counters.areRead(), false)
  })
})
