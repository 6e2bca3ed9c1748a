// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api'
import {
  CompositePropagator,
  suppressTracing,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import { getId, setId } from '../../../src/correlation/context.ts'
import { decide } from '../../../src/correlation/decide.ts'
import { type CorrelationId, generateId, ID_PATTERNS } from '../../../src/correlation/id.ts'
import { createRequestState, getRequestState, rememberState } from '../../../src/correlation/request-state.ts'
import { rememberProducer } from '../../../src/propagation/producer-spans.ts'
import { CorrelationPropagator, type CorrelationPropagatorOptions } from '../../../src/propagation/propagator.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const w3c = () =>
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] })
const make = (options?: CorrelationPropagatorOptions) => new CorrelationPropagator(w3c(), options)
const extract = (carrier: unknown, context = ROOT_CONTEXT, propagator = make()) =>
  propagator.extract(context, carrier, defaultTextMapGetter)

/** A context with an ID, an application's baggage, and a span of the kind, which records nothing. */
function contextOf(kind: SpanKind, id: string | undefined = 'id-1'): Context {
  const span = trace.wrapSpanContext({ ...INVALID_SPAN_CONTEXT })
  rememberProducer(span, { kind })
  const entries = { tenant: { value: '7' }, ...(id && { 'correlation.id': { value: id } }) }
  const context = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, span), propagation.createBaggage(entries))
  return id ? setId(context, id as CorrelationId) : context
}

function inject(context: Context, propagator = make()): Record<string, unknown> {
  const carrier = {}
  propagator.inject(context, carrier, defaultTextMapSetter)
  return carrier
}

describe('CorrelationPropagator', () => {
  describe('.extract()', () => {
    const rules = {
      idRules: { pattern: ID_PATTERNS.token, maxLength: 128 },
      onMissing: 'generate',
      onInvalid: 'regenerate',
      onConflict: 'first',
      generate: () => generateId('uuidv4'),
    } as const

    const ADOPTED: Readonly<Record<string, unknown>> = {
      'a header': { 'x-correlation-id': 'id-1' },
      'a header in any case': { 'X-Correlation-ID': 'id-1' },
      'the second name': { 'x-request-id': 'id-1' },
      'the first name before the second': { 'x-request-id': 'id-2', 'x-correlation-id': 'id-1' },
      'the second name where the first is malformed': { 'x-correlation-id': 'a b', 'x-request-id': 'id-1' },
      bytes: { 'x-correlation-id': Buffer.from('id-1') },
      'a list': { 'x-correlation-id': ['id-1', 'id-2'] },
      'a list of bytes': { 'x-correlation-id': [Buffer.from('id-1')] },
      'joined equal values': { 'x-correlation-id': 'id-1, id-1' },
      baggage: { baggage: 'tenant=7,correlation.id=id-1;p=1' },
      'baggage in bytes and any case': { Baggage: Buffer.from('correlation.id=id-1') },
      'a header before baggage': { baggage: 'correlation.id=id-2', 'x-correlation-id': 'id-1' },
      'a map without a prototype': Object.assign(Object.create(null), { 'x-correlation-id': 'id-1' }),
    }
    for (const [name, carrier] of Object.entries(ADOPTED)) {
      it(`adopts the ID of ${name}`, () => assert.equal(getId(extract(carrier)), 'id-1'))
    }

    for (const carrier of [
      {},
      { 'x-correlation-id': '' },
      { 'x-correlation-id': 7 },
      { baggage: 'correlation.id=a%20b' },
      [],
    ]) {
      it(`generates one from ${JSON.stringify(carrier)}, and keeps one that is in force`, () => {
        assert.match(getId(extract(carrier)) as string, UUID)
        assert.equal(getId(extract(carrier, setId(ROOT_CONTEXT, 'mine' as CorrelationId))), 'mine')
      })
    }

    for (const carrier of [null, undefined]) {
      it(`returns the context for ${carrier}`, () => assert.equal(extract(carrier), ROOT_CONTEXT))
    }

    it('extracts what the inner propagator extracts, with our entry first', () => {
      const context = extract({ traceparent: TRACEPARENT, baggage: 'tenant=7', 'x-correlation-id': 'id-1' })
      assert.equal(trace.getSpanContext(context)?.traceId, 'a'.repeat(32))
      const entries = propagation
        .getBaggage(context)
        ?.getAllEntries()
        .map(([key, { value }]) => `${key}=${value}`)
      assert.deepEqual(entries, ['correlation.id=id-1', 'tenant=7'])
    })

    it('puts our entry first of 180, so that limits drop another', () => {
      const baggage = Array.from({ length: 180 }, (_, i) => `k${i}=v`).join(',')
      const context = extract({ baggage, 'x-correlation-id': 'id-1' })
      const sent = inject(trace.setSpan(context, trace.getSpan(contextOf(SpanKind.PRODUCER)) as never))
      assert.match(sent['baggage'] as string, /^correlation\.id=id-1,k0=v,/)
    })

    it('takes the decision of an HTTP request by its headers, however often it is asked', () => {
      const headers = { 'x-correlation-id': 'written' }
      const decision = decide({ headers: [['decided']], baggage: () => undefined, trusted: true }, rules)
      const state = createRequestState(decision, undefined, undefined)
      rememberState(headers, state)
      for (let i = 0; i < 2; i++) {
        assert.equal(getId(extract(headers)), 'decided')
        assert.equal(getRequestState(extract(headers)), state)
      }
      assert.equal(getId(extract({ ...headers })), 'written')
    })

    it('leaves baggage alone without a key', () => {
      const context = extract({ baggage: 'correlation.id=id-1' }, ROOT_CONTEXT, make({ baggageKey: undefined }))
      assert.match(getId(context) as string, UUID)
      assert.equal(propagation.getBaggage(context)?.getEntry('correlation.id')?.value, 'id-1')
    })
  })

  describe('.inject()', () => {
    it('writes header and first baggage entry into the message of a PRODUCER', () => {
      const carrier = inject(contextOf(SpanKind.PRODUCER))
      assert.deepEqual(carrier, { baggage: 'correlation.id=id-1,tenant=7', 'x-correlation-id': 'id-1' })
    })

    const NOTHING: Readonly<Record<string, readonly [Context, CorrelationPropagatorOptions?]>> = {
      'a CLIENT': [contextOf(SpanKind.CLIENT)],
      'an INTERNAL span': [contextOf(SpanKind.INTERNAL)],
      'a PRODUCER with messaging off': [contextOf(SpanKind.PRODUCER), { messaging: false }],
      'a PRODUCER without an ID': [contextOf(SpanKind.PRODUCER, '')],
    }
    for (const [name, [context, options]] of Object.entries(NOTHING)) {
      it(`writes nothing of ours for ${name}`, () =>
        assert.deepEqual(inject(context, make(options)), { baggage: 'tenant=7' }))
    }

    it('writes nothing in a suppressed context, nor without a span', () => {
      assert.deepEqual(inject(suppressTracing(contextOf(SpanKind.PRODUCER))), {})
      assert.deepEqual(inject(setId(ROOT_CONTEXT, 'id-1' as CorrelationId)), {})
    })

    it('writes the names it is given, after the inner propagator', () => {
      const order: string[] = []
      const inner: TextMapPropagator = {
        inject: () => void order.push('inner'),
        extract: (context) => context,
        fields: () => ['inner', 'x-a-id'],
      }
      const propagator = new CorrelationPropagator(inner, { outboundHeaders: ['x-a-id', 'x-b-id'] })
      propagator.inject(contextOf(SpanKind.PRODUCER), {}, { set: (_carrier, key) => void order.push(key) })
      assert.deepEqual(order, ['inner', 'x-a-id', 'x-b-id'])
      assert.deepEqual(propagator.fields(), ['inner', 'x-a-id', 'x-b-id'])
    })

    it('an inner propagator that comes later takes the place of the first', () => {
      const propagator = new CorrelationPropagator()
      assert.deepEqual(inject(contextOf(SpanKind.PRODUCER), propagator), { 'x-correlation-id': 'id-1' })
      propagator.setInner(propagator)
      propagator.setInner(w3c())
      assert.deepEqual(inject(contextOf(SpanKind.CLIENT), propagator), { baggage: 'tenant=7' })
    })
  })

  it('.fields() names those of the inner propagator and ours', () => {
    assert.deepEqual(make().fields(), ['traceparent', 'tracestate', 'baggage', 'x-correlation-id'])
  })
})
