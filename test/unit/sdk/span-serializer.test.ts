// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTraceState } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { serializeSpanBatch } from '../../../src/sdk/span-serializer.ts'
import { decodeProtobuf } from '../../support/otlp.proto.ts'
import { spanWith } from '../../support/readable-span.ts'

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length })

/** Of each encoding and each length that the writer treats in another way; `binary` has lone surrogates. */
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 50 }),
  fc
    .tuple(
      fc.constantFrom('a', 'é', '語', '🙂', '\ud800'),
      fc.constantFrom(27, 28, 29, 42, 43, 127, 128, 5461, 5462, 16_384),
    )
    .map(([unit, length]) => unit.repeat(length)),
)

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    -0,
    127,
    128,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
    2 ** 53,
    2 ** 62,
    -(2 ** 63),
    2 ** 63,
    1e300,
  ),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, Number.MIN_VALUE),
)

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}))

const attributes = fc.dictionary(text, value, { maxKeys: 8 })
const count = fc.oneof(fc.constant(0), fc.nat(), fc.constant(2 ** 32 - 1))
const time = fc.tuple(
  fc.nat({ max: 2 ** 31 - 1 }).map((seconds) => seconds * 2),
  fc.nat(999_999_999),
)

const context = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: fc.nat(255),
    isRemote: fc.boolean(),
    traceState: fc.constantFrom('', 'a=1', 'a=1,b=2').map((list) => createTraceState(list)),
  },
  { requiredKeys: ['traceId', 'spanId', 'traceFlags'] },
)

const span = fc.record(
  {
    name: text,
    kind: fc.nat(4),
    context,
    parentSpanContext: context,
    startTime: time,
    endTime: time,
    attributes,
    droppedAttributesCount: count,
    events: fc.array(
      fc.record({ name: text, time, attributes, droppedAttributesCount: count }, { requiredKeys: ['name', 'time'] }),
      { maxLength: 3 },
    ),
    droppedEventsCount: count,
    links: fc.array(fc.record({ context, attributes, droppedAttributesCount: count }, { requiredKeys: ['context'] }), {
      maxLength: 3,
    }),
    droppedLinksCount: count,
    status: fc.record({ code: fc.nat(2), message: text }, { requiredKeys: ['code'] }),
    scope: fc.nat(2),
    resource: fc.nat(1),
  },
  { noNullPrototype: true },
)

const scope = fc.record(
  { name: text, version: text, schemaUrl: text, attributes, droppedAttributesCount: count },
  { requiredKeys: ['name'] },
)

const resource = fc
  .tuple(fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.array(text, { maxLength: 3 }))), fc.option(text))
  .map(([all, schemaUrl]) => resourceFromAttributes(all as never, schemaUrl === null ? {} : { schemaUrl }))

const batch = fc
  .tuple(fc.array(span, { maxLength: 12 }), fc.tuple(scope, scope, scope), fc.tuple(resource, resource))
  .map(([spans, scopes, resources]) =>
    spans.map((each) =>
      spanWith({
        ...each,
        spanContext: () => each.context,
        instrumentationScope: scopes[each.scope],
        resource: resources[each.resource],
      } as unknown as Partial<ReadableSpan>),
    ),
  )

describe('serializeSpanBatch()', () => {
  it('writes the bytes that upstream writes, whatever the spans hold', () => {
    fc.assert(
      fc.property(batch, (spans) => {
        const expected = ProtobufTraceSerializer.serializeRequest(spans) ?? assert.fail()
        // Twice: the second time what is kept between batches is used.
        for (const _ of [1, 2]) assert.deepEqual(Buffer.from(serializeSpanBatch(spans)), Buffer.from(expected))
      }),
      { numRuns: 150 },
    )
  })

  it('writes a batch that is larger than the buffer that is kept, and a small one after it', () => {
    for (const [spans, length] of [
      [600, 4000],
      [1, 2_200_000],
      [2, 10],
    ] as const) {
      const all = Array.from({ length: spans }, (_, i) => spanWith({ attributes: { i, text: 'x'.repeat(length) } }))
      const expected = ProtobufTraceSerializer.serializeRequest(all) ?? assert.fail()
      assert.equal(Buffer.compare(serializeSpanBatch(all), expected), 0)
    }
  })

  it('hands out bytes that the next batch does not write into', () => {
    const first = serializeSpanBatch([spanWith({ name: 'first' })])
    const before = Buffer.from(first)
    serializeSpanBatch([spanWith({ name: 'another' }), spanWith({})])
    assert.deepEqual(Buffer.from(first), before)
  })

  it('leaves out a span that cannot be written, and no other', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['again'] = cyclic
    const hostile = {
      get key(): string {
        throw new Error('a getter of the application')
      },
    }
    for (const bad of [hostile, cyclic]) {
      const spans = ['one', 'bad', 'two'].map((name) =>
        spanWith({ name, ...(name === 'bad' ? { attributes: { bad } as never } : {}) }),
      )
      const sent = serializeSpanBatch(spans)
      const expected = ProtobufTraceSerializer.serializeRequest(spans.filter(({ name }) => name !== 'bad'))
      assert.deepEqual(Buffer.from(sent), Buffer.from(expected ?? []))
    }
  })

  it('writes a name that is no text as text, where upstream makes a message that nobody can read', () => {
    const decoded = decodeProtobuf('TraceRequest', serializeSpanBatch([spanWith({ name: 42 as never })]))
    assert.match(JSON.stringify(decoded), /"name":"42"/)
  })
})
