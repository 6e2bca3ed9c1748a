// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import { AlwaysOnSampler, type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { isProducer } from '../../../src/propagation/producer-spans.ts'
import { LeanTracerProvider } from '../../../src/sdk/lean-tracer-provider.ts'
import { DEFAULT_SPAN_LIMITS } from '../../../src/sdk/span-limits.ts'

function processorOf(changes: Partial<SpanProcessor> = {}): SpanProcessor {
  return { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {}, ...changes }
}

function providerOf(...processors: readonly SpanProcessor[]): LeanTracerProvider {
  const sampler = new AlwaysOnSampler()
  const limits = DEFAULT_SPAN_LIMITS
  return new LeanTracerProvider({ resource: emptyResource(), sampler, limits, processors, spanAttribute: undefined })
}

type Scope = Parameters<LeanTracerProvider['getTracer']>

const SCOPES: Readonly<Record<string, Scope>> = {
  'a name': ['a'],
  'another name': ['b'],
  'no name': [''],
  'a version': ['a', '1'],
  'another version': ['a', '2'],
  'a schema': ['a', '1', { schemaUrl: 'https://schema.example' }],
  'a schema without a version': ['a', undefined, { schemaUrl: 'https://schema.example' }],
  'options without a schema': ['a', undefined, {}],
  'a name that has what stands between a name and a version': ['a@1'],
}

describe('LeanTracerProvider', () => {
  for (const [name, scope] of Object.entries(SCOPES)) {
    it(`has the scope that the SDK's has: ${name}`, () => {
      const scopes: unknown[] = []
      const processor = processorOf({
        onEnd: ({ instrumentationScope }: ReadableSpan) =>
          scopes.push(JSON.parse(JSON.stringify(instrumentationScope))),
      })
      const sdks = new TracerProvider({ spanProcessors: [processor] })
      for (const provider of [providerOf(processor), sdks]) {
        provider
          .getTracer(...scope)
          .startSpan('name', {}, ROOT_CONTEXT)
          .end()
      }
      assert.equal(scopes.length, 2)
      assert.deepEqual(scopes[0], scopes[1])
    })
  }

  it('has one tracer for each scope', () => {
    const provider = providerOf()
    const first = Object.entries(SCOPES).map(([, scope]) => provider.getTracer(...scope))
    const again = Object.entries(SCOPES).map(([, scope]) => provider.getTracer(...scope))
    for (const [i, tracer] of first.entries()) assert.equal(tracer, again[i])
    // Two of them are the same: options that say nothing.
    assert.equal(new Set(first).size, first.length - 1)
  })

  it('tells each processor, in their order, with the context that the span began in', () => {
    const heard: unknown[] = []
    const named = (name: string) =>
      processorOf({
        onStart: (span, context) => heard.push([name, 'start', span.isRecording(), context === parent]),
        onEnd: ({ ended }) => heard.push([name, 'end', ended]),
      })
    const parent = ROOT_CONTEXT.setValue(Symbol('key'), 1)
    const span = providerOf(named('a'), named('b')).getTracer('t').startSpan('name', {}, parent)
    span.end()
    span.end()
    assert.deepEqual(heard, [
      ['a', 'start', true, true],
      ['b', 'start', true, true],
      ['a', 'end', true],
      ['b', 'end', true],
    ])
  })

  it("has every method of the SDK's, for code that takes the provider from behind the API's", () => {
    const methods = (provider: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(provider)).sort()
    assert.deepEqual(methods(providerOf()), methods(new TracerProvider()))
  })

  it('shuts each processor down, one that fails among them', async () => {
    const ended: string[] = []
    const named = (name: string, fails = false) =>
      processorOf({
        shutdown: async () => {
          ended.push(name)
          if (fails) throw new Error('It would not.')
        },
      })
    await providerOf(named('a', true), named('b')).shutdown()
    assert.deepEqual(ended, ['a', 'b'])
  })

  it('remembers the producers of a tracer that was taken from it', () => {
    const tracer = providerOf().getTracer('t')
    assert.equal(isProducer(tracer.startSpan('send', { kind: SpanKind.PRODUCER })), true)
    assert.equal(isProducer(tracer.startSpan('call', { kind: SpanKind.CLIENT })), false)
  })

  it('flushes each processor, and waits for all, one that fails among them', async () => {
    const flushed: string[] = []
    const failing = processorOf({ forceFlush: () => Promise.reject(new Error('x')) })
    const slow = processorOf({
      forceFlush: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        flushed.push('slow')
      },
    })
    await providerOf(failing, slow).forceFlush()
    assert.deepEqual(flushed, ['slow'])
  })
})
