// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { setId } from '../../../src/correlation/context.ts'
import type { Decision } from '../../../src/correlation/decide.ts'
import { generateId, ID_PATTERNS, parseId } from '../../../src/correlation/id.ts'
import { createRequestState, setRequestState } from '../../../src/correlation/request-state.ts'
import { CorrelationSpanProcessor } from '../../../src/telemetry/span-processor.ts'

const ID = generateId('uuidv4')
const THEIRS = parseId('theirs', { pattern: ID_PATTERNS.token, maxLength: 128 })
const of = (decision: Partial<Decision>): Context =>
  setRequestState(ROOT_CONTEXT, createRequestState({ id: ID, ...decision } as Decision, undefined, undefined))

function attributesOf(context: Context, kind: SpanKind, attribute?: string) {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new CorrelationSpanProcessor(attribute), new SimpleSpanProcessor({ exporter })]
  const tracer = new TracerProvider({ spanProcessors }).getTracer('test')
  tracer.startSpan('name', { kind, attributes: { own: 1 } }, context).end()
  return exporter.getFinishedSpans()[0]?.attributes
}

describe('CorrelationSpanProcessor', () => {
  const generated = of({ source: 'generated', reason: 'untrusted', ...(THEIRS && { receivedId: THEIRS }) })
  for (const [title, context, kind, expected] of [
    ['adds nothing without an ID', ROOT_CONTEXT, SpanKind.SERVER, {}],
    ['adds the ID', setId(ROOT_CONTEXT, ID), SpanKind.INTERNAL, { 'correlation.id': ID }],
    [
      "adds no reason to the caller's ID",
      of({ source: 'header', reason: 'none' }),
      SpanKind.SERVER,
      { 'correlation.id': ID },
    ],
    [
      'adds the reason and what was received to the server span',
      generated,
      SpanKind.SERVER,
      { 'correlation.id': ID, 'correlation.reason': 'untrusted', 'correlation.received_id': 'theirs' },
    ],
    ['adds neither to other spans', generated, SpanKind.CLIENT, { 'correlation.id': ID }],
  ] as const) {
    it(title, () => assert.deepEqual(attributesOf(context, kind), { own: 1, ...expected }))
  }

  it('takes another name', () => {
    assert.deepEqual(attributesOf(setId(ROOT_CONTEXT, ID), SpanKind.SERVER, 'app.id'), { own: 1, 'app.id': ID })
  })

  it('has nothing to flush', async () => {
    const processor = new CorrelationSpanProcessor()
    processor.onEnd()
    await processor.forceFlush()
    await processor.shutdown()
  })
})
