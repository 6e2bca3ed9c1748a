// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createNoopMeter, type MeterProvider } from '@opentelemetry/api'
import { ProcessedSpans } from '../../../src/sdk/processed-spans.ts'

it('counts each outcome once there is a provider, and passes every one on', () => {
  const seen: unknown[] = []
  const counted: unknown[] = []
  const spans = new ProcessedSpans({
    sent: (count) => seen.push(['sent', count]),
    failed: (count, { name }) => seen.push(['failed', count, name]),
    dropped: () => seen.push('dropped'),
  })
  const provider: MeterProvider = {
    getMeter: () => ({
      ...createNoopMeter(),
      createCounter: () => ({
        add: (value, attributes) =>
          counted.push([value, attributes?.['error.type'], attributes?.['otel.component.type']]),
      }),
    }),
  }
  spans.dropped()
  spans.countWith(provider)
  spans.sent(3)
  spans.failed(2, new TypeError('x'))
  spans.dropped()
  assert.deepEqual(seen, ['dropped', ['sent', 3], ['failed', 2, 'TypeError'], 'dropped'])
  const type = 'batching_span_processor'
  assert.deepEqual(counted, [
    [3, undefined, type],
    [2, 'TypeError', type],
    [1, 'queue_full', type],
  ])
})
