// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createTraceState,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core'
import { TraceContextPropagator } from '../../../src/sdk/trace-context-propagator.ts'
import { markAsOwn } from '../../../src/telemetry/own-span-context.ts'

const IDS = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const CASES: readonly (readonly [string, SpanContext])[] = [
  ['sampled', { ...IDS, traceFlags: TraceFlags.SAMPLED }],
  ['not sampled', { ...IDS, traceFlags: TraceFlags.NONE }],
  ['with a trace state', { ...IDS, traceFlags: TraceFlags.SAMPLED, traceState: createTraceState('a=1,b=2') }],
]

function written(propagator: W3CTraceContextPropagator, spanContext: SpanContext, isSuppressed = false) {
  const carrier: Record<string, string> = {}
  const context = trace.setSpanContext(isSuppressed ? suppressTracing(ROOT_CONTEXT) : ROOT_CONTEXT, spanContext)
  propagator.inject(context, carrier, defaultTextMapSetter)
  return carrier
}

describe('TraceContextPropagator', () => {
  const [upstream, ours] = [new W3CTraceContextPropagator(), new TraceContextPropagator()]

  for (const [name, spanContext] of CASES) {
    it(`writes what upstream writes of a span that our tracer made, ${name}`, () => {
      const own = { ...spanContext }
      markAsOwn(own)
      const expected = written(upstream, spanContext)
      assert.ok(expected['traceparent'])
      assert.deepEqual(written(ours, own), expected)
      assert.deepEqual(written(ours, spanContext), expected)
    })
  }

  it('writes nothing where tracing is suppressed', () => {
    const own: SpanContext = { ...IDS, traceFlags: TraceFlags.SAMPLED }
    markAsOwn(own)
    assert.deepEqual(written(ours, own, true), {})
  })

  it('writes nothing of a span of others that is not valid', () => {
    assert.deepEqual(written(ours, INVALID_SPAN_CONTEXT), {})
    assert.deepEqual(written(ours, { ...IDS, traceId: 'x', traceFlags: TraceFlags.SAMPLED }), {})
  })

  it('writes nothing where there is no span', () => {
    const carrier = {}
    ours.inject(ROOT_CONTEXT, carrier, defaultTextMapSetter)
    assert.deepEqual(carrier, {})
  })
})
