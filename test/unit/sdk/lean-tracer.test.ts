// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type Context,
  context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { suppressTracing } from '@opentelemetry/core'
import { type ReadableSpan, type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace'
import { setId } from '../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import { createRequestState, setRequestState } from '../../../src/correlation/request-state.ts'
import { isOwn } from '../../../src/telemetry/own-span-context.ts'
import { adopted, generated, NEW_ID } from '../correlation/decide-cases.ts'
import { bothTracers, fieldsOf, type Watched } from './both-tracers.ts'

const parentWith = (changes: object) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    isRemote: true,
    ...changes,
  })
const traceState = createTraceState('vendor=1')
const decidedBy =
  (decision: SamplingDecision): Sampler['shouldSample'] =>
  () => ({ decision })

interface Case {
  readonly parent?: Context
  readonly options?: SpanOptions
  readonly shouldSample?: Sampler['shouldSample']
}

const CASES: Readonly<Record<string, Case>> = {
  'no parent': {},
  'a parent': { parent: parentWith({}) },
  'a parent with a trace state': { parent: parentWith({ traceState }) },
  'a parent that is not sampled': { parent: parentWith({ traceFlags: 0 }) },
  'a parent with a trace ID that is none': { parent: parentWith({ traceId: '0'.repeat(32) }) },
  'a parent with a span ID that is none': { parent: parentWith({ spanId: 'x' }) },
  'a root, for all its parent': { parent: parentWith({ traceState }), options: { root: true } },
  'a kind': { options: { kind: SpanKind.CONSUMER } },
  'what is suppressed': { parent: suppressTracing(parentWith({})) },
  'not recorded': { shouldSample: decidedBy(SamplingDecision.NOT_RECORD) },
  'not recorded, with a parent': {
    parent: parentWith({ traceState }),
    shouldSample: decidedBy(SamplingDecision.NOT_RECORD),
  },
  'recorded, and not sampled': { parent: parentWith({}), shouldSample: decidedBy(SamplingDecision.RECORD) },
  'a sampler with attributes and a trace state of its own': {
    parent: parentWith({ traceState: createTraceState('other=2') }),
    options: { attributes: { a: 1, b: 2 } },
    shouldSample: () => ({
      decision: SamplingDecision.RECORD_AND_SAMPLED,
      attributes: { b: 3, c: 4 },
      traceState,
    }),
  },
}

const samplerOf = (
  shouldSample: Sampler['shouldSample'] = decidedBy(SamplingDecision.RECORD_AND_SAMPLED),
): Sampler => ({
  shouldSample,
  toString: () => 'test',
})

describe('a tracer begins spans as the SDK’s own', () => {
  for (const [name, { parent = ROOT_CONTEXT, options = {}, shouldSample }] of Object.entries(CASES)) {
    it(name, () => {
      const seen: unknown[] = []
      const { ours, sdks } = bothTracers({
        sampler: samplerOf((...args) => {
          // The sampler is asked the same, but for attributes and links, which ours do not look at, and a random trace ID.
          seen.push([trace.getSpan(args[0]), args[2], args[3]])
          return samplerOf(shouldSample).shouldSample(...args)
        }),
      })
      const observe = ({ tracer, started, ended }: Watched) => {
        const span = tracer.startSpan('name', { startTime: [1, 2], ...options }, parent)
        span.end([3, 4])
        const { traceState: state, traceFlags, isRemote } = span.spanContext()
        assert.deepEqual(started, ended)
        const isParents = span.spanContext().traceId === trace.getSpanContext(parent)?.traceId
        const context = [
          state?.serialize(),
          traceFlags,
          isRemote,
          isParents,
          trace.isSpanContextValid(span.spanContext()),
        ]
        return { context, recording: span.isRecording(), spans: started.map(fieldsOf) }
      }
      assert.deepEqual(observe(ours), observe(sdks))
      assert.deepEqual(seen.slice(seen.length / 2), seen.slice(0, seen.length / 2))
    })
  }
})

describe('the span context of a span of ours', () => {
  for (const decision of [SamplingDecision.RECORD_AND_SAMPLED, SamplingDecision.NOT_RECORD] as const) {
    it(`is known again where the sampler says ${SamplingDecision[decision]}`, () => {
      const { ours, sdks } = bothTracers({ sampler: { shouldSample: decidedBy(decision) } })
      assert.equal(isOwn(ours.tracer.startSpan('ours').spanContext()), true)
      assert.equal(isOwn(sdks.tracer.startSpan('theirs').spanContext()), false)
    })
  }
})

describe('startActiveSpan', () => {
  const key = Symbol('key')
  const parent = parentWith({}).setValue(key, 'below')

  before(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
  after(() => context.disable())

  const CALLS: Readonly<Record<string, (tracer: Tracer, fn: (span: Span) => unknown) => unknown>> = {
    'with a function': (tracer, fn) => tracer.startActiveSpan('name', fn),
    'with options': (tracer, fn) => tracer.startActiveSpan('name', { kind: SpanKind.CLIENT }, fn),
    'with no options': (tracer, fn) => tracer.startActiveSpan('name', undefined as unknown as SpanOptions, fn),
    'with a context': (tracer, fn) => tracer.startActiveSpan('name', {}, ROOT_CONTEXT.setValue(key, 'given'), fn),
    'with no context': (tracer, fn) => tracer.startActiveSpan('name', {}, undefined as unknown as Context, fn),
    'as a root': (tracer, fn) => tracer.startActiveSpan('name', { root: true }, fn),
    'without anything': (tracer) => (tracer.startActiveSpan as (name: string) => unknown)('name'),
  }
  for (const [name, call] of Object.entries(CALLS)) {
    it(name, () => {
      const { ours, sdks } = bothTracers()
      const observe = ({ tracer, started }: Watched) => {
        const returned = context.with(parent, () =>
          call(tracer, (span) => [
            trace.getActiveSpan() === span,
            Object.is(span, started[0]),
            context.active().getValue(key),
          ]),
        )
        return { returned, spans: started.map(({ kind, parentSpanContext }) => [kind, parentSpanContext]) }
      }
      assert.deepEqual(observe(ours), observe(sdks))
    })
  }

  it('throws what the function throws', () => {
    const thrown = new Error('x')
    const { tracer } = bothTracers().ours
    const call = () =>
      tracer.startActiveSpan('name', () => {
        throw thrown
      })
    assert.throws(call, (error) => error === thrown)
  })
})

describe('the correlation ID on a span', () => {
  const id = 'a-1' as CorrelationId
  const withId = setId(ROOT_CONTEXT, id)
  const foreign = setRequestState(
    ROOT_CONTEXT,
    createRequestState(generated('untrusted', { receivedId: id }), undefined, undefined),
  )
  const missing = setRequestState(ROOT_CONTEXT, createRequestState(generated('missing'), undefined, undefined))
  const own = setRequestState(ROOT_CONTEXT, createRequestState(adopted(id), undefined, undefined))
  const server: SpanOptions = { kind: SpanKind.SERVER }
  const reasons = [
    ['correlation.reason', 'untrusted'],
    ['correlation.received_id', id],
  ]

  const SPANS: Readonly<Record<string, readonly [parent: Context, options: SpanOptions, attributes: unknown]>> = {
    'none where there is none': [ROOT_CONTEXT, { attributes: { a: 1 } }, [['a', 1]]],
    'comes first, so that no limit drops it': [
      withId,
      { attributes: { a: 1, b: 2, c: 3 } },
      [
        ['cid', id],
        ['a', 1],
        ['b', 2],
      ],
    ],
    'is the request’s, whatever the caller gives': [withId, { attributes: { cid: 'x' } }, [['cid', id]]],
    'a server span says why it is not the caller’s': [foreign, server, [['cid', NEW_ID], ...reasons]],
    'a server span says that none came in': [
      missing,
      server,
      [
        ['cid', NEW_ID],
        ['correlation.reason', 'missing'],
      ],
    ],
    'a server span says nothing where it is': [own, server, [['cid', id]]],
    'another span does not say why': [foreign, {}, [['cid', NEW_ID]]],
    'is on a root, too': [withId, { root: true }, [['cid', id]]],
  }
  for (const [name, [parent, options, attributes]] of Object.entries(SPANS)) {
    it(name, () => {
      const { ours } = bothTracers({ spanAttribute: 'cid', limits: { attributeCountLimit: 3 } })
      ours.tracer.startSpan('name', options, parent)
      assert.deepEqual(Object.entries((ours.started[0] as ReadableSpan).attributes), attributes)
    })
  }

  it('is left out where no attribute is configured', () => {
    const { ours } = bothTracers()
    ours.tracer.startSpan('name', server, foreign)
    assert.deepEqual(ours.started[0]?.attributes, {})
  })
})
