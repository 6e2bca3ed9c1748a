// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { context, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { Ownership, SwitchingTracerProvider } from '../../../src/sdk/ownership.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

function createProvider() {
  const exporter = new InMemorySpanExporter()
  return { exporter, provider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }) }
}

describe('the tracers of SwitchingTracerProvider', () => {
  const { exporter, provider } = createProvider()
  const ownership = new Ownership()
  const tracer = new SwitchingTracerProvider(ownership).getTracer('test')
  const names = (from = exporter) => from.getFinishedSpans().map(({ name }) => name)

  it('make spans that only pass the context on before there is an owner', () => {
    const span = tracer.startSpan('early')
    assert.equal(span.isRecording(), false)
    span.end()
    assert.deepEqual(names(), [])
  })

  it('start active spans with every list of arguments, as the SDK does', () => {
    ownership.setOwn(provider)
    const oracle = provider.getTracer('oracle')
    const run = (each: Tracer) => {
      exporter.reset()
      const parent = trace.setSpan(ROOT_CONTEXT, each.startSpan('parent'))
      const end = (span: Span) => {
        assert.equal(trace.getActiveSpan(), span)
        span.end()
        return 'result'
      }
      const call = each.startActiveSpan as (...args: unknown[]) => unknown
      const results = [
        call.call(each, 'one', end),
        call.call(each, 'two', { kind: SpanKind.CLIENT }, end),
        call.call(each, 'three', {}, parent, end),
        call.call(each, 'undefined', undefined, undefined, end),
        call.call(each, 'none'),
      ]
      const spans = exporter
        .getFinishedSpans()
        .map(({ name, kind, parentSpanContext }) => [name, kind, parentSpanContext !== undefined])
      assert.throws(() => each.startActiveSpan('throws', () => assert.fail('thrown')), /thrown/)
      return { results, spans }
    }
    assert.deepEqual(run(tracer), run(oracle))
  })

  it('follow the owner', () => {
    const foreign = createProvider()
    exporter.reset()
    ownership.setForeign(foreign.provider)
    tracer.startSpan('late').end()
    assert.deepEqual(names(), [])
    assert.deepEqual(names(foreign.exporter), ['late'])
  })
})
