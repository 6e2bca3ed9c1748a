// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace'
import { LocalParentSampler } from '../../../src/sdk/local-parent-sampler.ts'
import { markAsOwn } from '../../../src/telemetry/own-span-context.ts'
import { CorrelationSampler } from '../../../src/telemetry/sampler.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const { NOT_RECORD, RECORD_AND_SAMPLED } = SamplingDecision

function under(traceFlags: number, isOurs: boolean, more: Partial<SpanContext> = {}): Context {
  const spanContext = { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags, ...more }
  if (isOurs) markAsOwn(spanContext)
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}

const ask = (sampler: Sampler, context: Context) =>
  sampler.shouldSample(context, TRACE, 'name', SpanKind.CLIENT, {}, []).decision

const OTHERS: readonly (readonly [string, Sampler])[] = [
  ['parentbased_always_on', new ParentBasedSampler({ root: new AlwaysOnSampler() })],
  ['parentbased_always_off', new ParentBasedSampler({ root: new AlwaysOffSampler() })],
  ['CORRELATION_SAMPLE_RATIO=0', new CorrelationSampler(0)],
  ['CORRELATION_SAMPLE_RATIO=1', new CorrelationSampler(1)],
]

describe('LocalParentSampler', () => {
  for (const [name, others] of OTHERS) {
    it(`decides as ${name} by itself, whatever the parent`, () => {
      const sampler = new LocalParentSampler(others)
      const contexts = [
        ROOT_CONTEXT,
        ...[0, 1].flatMap((flags) => [
          under(flags, true),
          under(flags, false),
          under(flags, false, { isRemote: true }),
          under(flags, false, { spanId: '0'.repeat(16) }),
        ]),
      ]
      for (const context of contexts) assert.equal(ask(sampler, context), ask(others, context))
    })
  }

  it('does not ask the other where our tracer made the parent', () => {
    const sampler = new LocalParentSampler({ shouldSample: () => assert.fail('asked') })
    assert.equal(ask(sampler, under(1, true)), RECORD_AND_SAMPLED)
    assert.equal(ask(sampler, under(0, true)), NOT_RECORD)
  })

  it('has the name of the other', () =>
    assert.equal(String(new LocalParentSampler(new AlwaysOnSampler())), 'AlwaysOnSampler'))
})
