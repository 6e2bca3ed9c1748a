// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BatchSpanProcessor, InMemorySpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { spanExportersOf } from '../../../src/sdk/span-exporters.ts'

describe('spanExportersOf()', () => {
  it('finds those of the SDK in use, whichever processors stand before them', () => {
    const exporter = new InMemorySpanExporter()
    const other: SpanProcessor = {
      onStart() {},
      onEnd() {},
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const provider = new TracerProvider({ spanProcessors: [other, new BatchSpanProcessor({ exporter })] })
    assert.deepEqual(spanExportersOf(provider), [exporter])
  })

  it('finds none in what is built another way', () => {
    for (const provider of [undefined, {}, { _activeSpanProcessor: {} }])
      assert.deepEqual(spanExportersOf(provider), [])
  })
})
