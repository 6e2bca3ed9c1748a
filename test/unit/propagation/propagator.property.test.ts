// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import fc from 'fast-check'
import { getId, setId } from '../../../src/correlation/context.ts'
import { type CorrelationId, ID_PATTERNS } from '../../../src/correlation/id.ts'
import {
  prependToBaggageHeader,
  readBaggageEntry,
  removeFromBaggageHeader,
} from '../../../src/propagation/baggage-entry.ts'
import { rememberProducer } from '../../../src/propagation/producer-spans.ts'
import { CorrelationPropagator } from '../../../src/propagation/propagator.ts'

const propagator = new CorrelationPropagator(new W3CBaggagePropagator())
const id = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]{0,127}$/)
const key = fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}$/).filter((name) => name !== 'correlation.id')
const entries = fc.dictionary(key, fc.string({ maxLength: 20 }), { maxKeys: 20 })

/** What a broker, or an attacker, may hand over. */
const anyName = fc.oneof(
  fc.constantFrom(
    'x-correlation-id',
    'X-Correlation-ID',
    'x-request-id',
    'baggage',
    'Baggage',
    '__proto__',
    'constructor',
  ),
  fc.string(),
)
const anyValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.oneof(fc.string(), fc.anything()), { maxLength: 4 }),
  fc.string().map((text) => `correlation.id=${text}`),
  fc.string({ unit: 'binary' }).map((text) => `correlation.id=${encodeURIComponent(text.toWellFormed())}`),
  fc.anything(),
)
const hostile = fc.array(fc.tuple(anyName, anyValue), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs))

describe('CorrelationPropagator properties', () => {
  it('what one service injects, the next adopts, by the header and by baggage alone', () => {
    fc.assert(
      fc.property(id, entries, (sent, own) => {
        const span = trace.wrapSpanContext({ ...INVALID_SPAN_CONTEXT })
        rememberProducer(span, { kind: SpanKind.PRODUCER })
        const baggage = propagation.createBaggage(
          Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value }])),
        )
        const context = setId(propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, span), baggage), sent as CorrelationId)
        const carrier: Record<string, string> = {}
        propagator.inject(context, carrier, defaultTextMapSetter)
        assert.equal(getId(propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)), sent)
        const { baggage: header } = carrier
        assert.equal(getId(propagator.extract(ROOT_CONTEXT, { baggage: header }, defaultTextMapGetter)), sent)
      }),
    )
  })

  it('no carrier makes it throw, or gives an ID that is none', () => {
    fc.assert(
      fc.property(hostile, (carrier) => {
        const found = getId(propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)) as string
        assert.ok(found.length <= 128)
        assert.match(found, ID_PATTERNS.token)
        assert.match(found, /^[\x21-\x7e]+$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('a baggage header with our entry put in and taken out again is what it was', () => {
    const member = fc.stringMatching(/^[ \t]?[a-z0-9.]{1,9}[ \t]?=[ \t]?[!-+\--:<-~]{0,9}(;p=1)?$/)
    const header = fc.array(
      member.filter((text) => text.split('=', 1)[0]?.trim() !== 'correlation.id'),
      { minLength: 1, maxLength: 9 },
    )
    fc.assert(
      fc.property(header, id, (members, own) => {
        const before = members.join(',')
        const after = prependToBaggageHeader(before, 'correlation.id', own as CorrelationId)
        assert.equal(after.split(',')[0], `correlation.id=${encodeURIComponent(own)}`)
        assert.equal(readBaggageEntry(after, 'correlation.id'), own)
        assert.equal(prependToBaggageHeader(after, 'correlation.id', own as CorrelationId), after)
        assert.equal(removeFromBaggageHeader(after, 'correlation.id'), before)
      }),
      { numRuns: 500 },
    )
  })
})
