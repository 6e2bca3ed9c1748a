// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { getId, setId } from '../../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'
import { type Made, recordedMessaging } from './recorded-messaging.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TRACE = 'a'.repeat(32)
const SPAN = 'b'.repeat(16)
const SENT = {
  traceparent: `00-${TRACE}-${SPAN}-01`,
  'x-correlation-id': 'sent-1',
  baggage: 'correlation.id=sent-1,tenant=7',
}
const SENDING = { name: 'send', destination: 'orders', attributes: { 'test.kind': 'one' } }
const PROCESSING = { name: 'process', destination: 'orders' }

const requestContext = propagation.setBaggage(
  setId(ROOT_CONTEXT, 'request-1' as CorrelationId),
  propagation.createBaggage({ tenant: { value: '7' } }),
)

describe('Messaging.send()', () => {
  interface Sent {
    readonly made: Made
    readonly in: typeof ROOT_CONTEXT
    readonly id: 'request-1' | 'a new one' | undefined
    readonly fields: readonly string[]
    readonly spans: number
  }
  const ALL = ['baggage', 'traceparent', 'x-correlation-id']
  const OURS = ['baggage', 'x-correlation-id']
  const off = { CORRELATION_MESSAGING: 'false' }
  const names = { CORRELATION_OUTBOUND_HEADER: 'x-one,x-two', CORRELATION_BAGGAGE_KEY: 'none' }
  const CASES: Readonly<Record<string, Sent>> = {
    'in a request': { made: {}, in: requestContext, id: 'request-1', fields: ALL, spans: 1 },
    'outside of all': { made: {}, in: ROOT_CONTEXT, id: 'a new one', fields: ALL, spans: 1 },
    unsampled: { made: { tracing: 'unsampled' }, in: requestContext, id: 'request-1', fields: ALL, spans: 0 },
    'without tracing': { made: { tracing: 'none' }, in: requestContext, id: 'request-1', fields: OURS, spans: 0 },
    'without tracing, outside': {
      made: { tracing: 'none' },
      in: ROOT_CONTEXT,
      id: 'a new one',
      fields: OURS,
      spans: 0,
    },
    'beside the tracing of somebody else': {
      made: { tracing: 'of somebody else' },
      in: requestContext,
      id: 'request-1',
      fields: OURS,
      spans: 0,
    },
    'other names': {
      made: { env: names },
      in: requestContext,
      id: 'request-1',
      fields: ['baggage', 'traceparent', 'x-one', 'x-two'],
      spans: 1,
    },
    'messaging off': { made: { env: off }, in: requestContext, id: 'request-1', fields: [], spans: 1 },
    'messaging off, outside': { made: { env: off }, in: ROOT_CONTEXT, id: undefined, fields: [], spans: 1 },
  }
  for (const [name, { made, in: active, id, fields, spans: count }] of Object.entries(CASES)) {
    it(`${name}: ${id ?? 'no ID'}, ${fields.length > 0 ? fields.join(', ') : 'nothing'} in the message`, () => {
      const { messaging, spans } = recordedMessaging(made)
      const sending = context.with(active, () => messaging.send(SENDING))
      const carrier: Record<string, string> = {}
      sending.inject(carrier)
      sending.end()

      if (id === 'a new one') assert.match(String(sending.id), UUID)
      else assert.equal(sending.id, id)
      assert.equal(getId(sending.context), sending.id)
      assert.deepEqual(Object.keys(carrier).toSorted(), fields)
      for (const field of fields.filter((one) => one.startsWith('x-'))) assert.equal(carrier[field], sending.id)
      if (fields === ALL || fields === OURS)
        assert.match(carrier['baggage'] ?? '', new RegExp(`^correlation\\.id=${sending.id}(?:,tenant=7)?$`))
      assert.equal(spans.length, count)
      for (const span of spans) {
        assert.equal(span.name, 'send orders')
        assert.equal(span.kind, SpanKind.PRODUCER)
        assert.deepEqual(span.attributes, {
          ...(sending.id && { 'correlation.id': sending.id }),
          'messaging.system': 'test',
          'messaging.destination.name': 'orders',
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
          'test.kind': 'one',
        })
        const { traceId, spanId } = span.spanContext()
        if (fields.includes('traceparent')) assert.equal(carrier['traceparent'], `00-${traceId}-${spanId}-01`)
      }
    })
  }

  it('makes no span where somebody else does, and carries the ID', () => {
    const { messaging, spans } = recordedMessaging()
    const carrier = {}
    const sending = messaging.send(undefined)
    sending.inject(carrier)
    sending.end()
    assert.deepEqual(spans, [])
    assert.deepEqual(carrier, { 'x-correlation-id': sending.id, baggage: `correlation.id=${sending.id}` })
  })

  it('has no destination in the name where there are several', () => {
    const { messaging, spans } = recordedMessaging()
    messaging.send({ name: 'send', destination: undefined }).end(undefined, { 'messaging.message.id': '4' })
    assert.equal(spans[0]?.name, 'send')
    assert.ok(!('messaging.destination.name' in (spans[0]?.attributes ?? {})))
    assert.equal(spans[0]?.attributes['messaging.message.id'], '4')
  })
})

describe('Messaging.process()', () => {
  interface Handled {
    readonly made?: Made
    readonly carrier: Readonly<Record<string, unknown>>
    readonly options?: { readonly isNewRun?: boolean; readonly isLinked?: boolean }
    readonly id: 'sent-1' | 'a new one'
    readonly relation: 'link' | 'child' | 'none'
  }
  const parent = { env: { CORRELATION_JOBS: 'parent' } }
  const off = { env: { CORRELATION_MESSAGING: 'false' } }
  const CASES: Readonly<Record<string, Handled>> = {
    'a link by default': { carrier: SENT, id: 'sent-1', relation: 'link' },
    'a child where it is asked for': { made: parent, carrier: SENT, id: 'sent-1', relation: 'child' },
    'a new run': { carrier: SENT, options: { isNewRun: true }, id: 'a new one', relation: 'link' },
    'a new run is never a child': {
      made: parent,
      carrier: SENT,
      options: { isNewRun: true },
      id: 'a new one',
      relation: 'link',
    },
    'a run with its ID is never a child': {
      made: parent,
      carrier: SENT,
      options: { isLinked: true },
      id: 'sent-1',
      relation: 'link',
    },
    'only baggage': { carrier: { baggage: SENT.baggage }, id: 'sent-1', relation: 'none' },
    'only the ID': { carrier: { 'x-correlation-id': 'sent-1' }, id: 'sent-1', relation: 'none' },
    'only the trace': { carrier: { traceparent: SENT.traceparent }, id: 'a new one', relation: 'link' },
    'bytes, in any case of letters': {
      carrier: { 'X-Correlation-ID': Buffer.from('sent-1'), traceparent: Buffer.from(SENT.traceparent) },
      id: 'sent-1',
      relation: 'link',
    },
    'nothing in it': { carrier: {}, id: 'a new one', relation: 'none' },
    'a hostile header': { carrier: { 'x-correlation-id': '"><script>' }, id: 'a new one', relation: 'none' },
    'a hostile entry': { carrier: { baggage: 'correlation.id=%3Cscript%3E' }, id: 'a new one', relation: 'none' },
    'a long ID': { carrier: { 'x-correlation-id': 'a'.repeat(129) }, id: 'a new one', relation: 'none' },
    'what is no text': {
      carrier: { 'x-correlation-id': {}, baggage: 7, traceparent: [] },
      id: 'a new one',
      relation: 'none',
    },
    'messaging off: what others wrote is read': { made: off, carrier: SENT, id: 'sent-1', relation: 'link' },
  }
  for (const [name, { made, carrier, options, id, relation }] of Object.entries(CASES)) {
    it(`${name}: ${id === 'sent-1' ? 'the ID that was sent' : id}, ${relation}`, () => {
      const { messaging, spans } = recordedMessaging(made)
      const before = structuredClone(carrier)
      // Whatever the library calls from.
      const processing = context.with(requestContext, () => messaging.process(PROCESSING, carrier, options))
      processing.end()
      assert.deepEqual(structuredClone(carrier), before)
      if (id === 'sent-1') assert.equal(processing.id, id)
      else assert.match(processing.id, UUID)
      assert.equal(getId(processing.context), processing.id)

      const [span, ...others] = spans
      assert.ok(span)
      assert.deepEqual(others, [])
      assert.equal(trace.getSpan(processing.context)?.spanContext().spanId, span.spanContext().spanId)
      assert.equal(span.kind, SpanKind.CONSUMER)
      assert.equal(span.attributes['correlation.id'], processing.id)
      assert.equal(span.attributes['messaging.operation.type'], 'process')
      assert.equal(span.parentSpanContext?.spanId, relation === 'child' ? SPAN : undefined)
      assert.equal(span.spanContext().traceId === TRACE, relation === 'child')
      const links = span.links.map(({ context: { traceId, spanId } }) => [traceId, spanId])
      assert.deepEqual(links, relation === 'link' ? [[TRACE, SPAN]] : [])
    })
  }

  for (const tracing of ['unsampled', 'of somebody else', 'none'] as const) {
    it(`spans ${tracing}: the ID, the baggage, and no span of another`, () => {
      const { messaging, spans } = recordedMessaging({ tracing })
      const { context: own, id } = context.with(requestContext, () => messaging.process(PROCESSING, SENT))
      assert.equal(id, 'sent-1')
      assert.equal(getId(own), 'sent-1')
      assert.equal(propagation.getBaggage(own)?.getEntry('tenant')?.value, '7')
      assert.notEqual(trace.getSpanContext(own)?.traceId, TRACE)
      assert.deepEqual(spans, [])
    })
  }

  it('in two steps: what belongs to the message has the ID, and its handling the span', () => {
    const { messaging, spans } = recordedMessaging()
    const received = messaging.receive(SENT)
    assert.equal(getId(received.context), 'sent-1')
    assert.equal(trace.getSpan(received.context), undefined)
    assert.deepEqual(spans, [])
    messaging.begin(undefined, received).end()
    assert.deepEqual(spans, [])
    messaging.begin(PROCESSING, received).end()
    assert.equal(spans.length, 1)
  })
})

describe('what went wrong', () => {
  const THROWN: Readonly<
    Record<string, { readonly thrown: unknown; readonly type: string; readonly message?: string }>
  > = {
    'an error': { thrown: new RangeError('too far'), type: 'RangeError', message: 'too far' },
    'a text': { thrown: 'no', type: '_OTHER' },
    null: { thrown: null, type: '_OTHER' },
    'an object without a text': { thrown: Object.create(null), type: '_OTHER' },
  }
  for (const [name, { thrown, type, message }] of Object.entries(THROWN)) {
    it(`${name} ends the span, as a failure`, () => {
      const { messaging, spans } = recordedMessaging()
      messaging.send(SENDING).end(thrown)
      messaging.process(PROCESSING, SENT).end(thrown)
      assert.equal(spans.length, 2)
      for (const { attributes, status } of spans) {
        assert.equal(attributes['error.type'], type)
        assert.deepEqual(status, { code: SpanStatusCode.ERROR, ...(message && { message }) })
      }
    })
  }
})
