// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { createMeters } from '../../../src/sdk/meter-provider.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'

describe('createMeters()', () => {
  it('exports what is measured, and nothing more once it is discarded', async (t) => {
    await using sink = await startOtlpSink()
    // The upstream exporter reads its address from the environment itself.
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = sink.url
    t.after(() => Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_ENDPOINT'))
    const meters = createMeters({ OTEL_METRICS_EXPORTER: 'otlp' }, resourceFromAttributes({}))
    const counter = meters.provider.getMeter('test').createCounter('calls')

    counter.add(1)
    await meters.provider.forceFlush()
    assert.deepEqual(
      sink.metrics.map(({ name, points }) => [name, points[0]?.value]),
      [['calls', 1]],
    )

    meters.discard()
    counter.add(1)
    await meters.provider.forceFlush()
    await meters.provider.shutdown()
    assert.equal(sink.requests.length, 1)
  })
})
