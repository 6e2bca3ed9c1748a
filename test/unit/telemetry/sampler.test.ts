// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace'
import { setId } from '../../../src/correlation/context.ts'
import { ID_PATTERNS, parseId } from '../../../src/correlation/id.ts'
import { CorrelationSampler, hashToUnit } from '../../../src/telemetry/sampler.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const RULES = { pattern: ID_PATTERNS.token, maxLength: 128 }

function under(id: string): Context {
  const parsed = parseId(id, RULES)
  assert.ok(parsed !== undefined)
  return setId(ROOT_CONTEXT, parsed)
}

const withParent = (context: Context, traceFlags: number, isRemote: boolean) =>
  trace.setSpanContext(context, { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags, isRemote })

function keeps(ratio: number, context: Context, traceId = TRACE): boolean {
  const { decision } = new CorrelationSampler(ratio).shouldSample(context, traceId, 'name', SpanKind.SERVER, {}, [])
  assert.notEqual(decision, SamplingDecision.RECORD)
  return decision === SamplingDecision.RECORD_AND_SAMPLED
}

describe('hashToUnit', () => {
  // Computed apart from this code; services in other languages must agree.
  for (const [text, hash] of [
    ['', 0xab3e7c0b],
    ['a', 0x1a80b1b3],
    ['b', 0x82c46232],
    ['order-1', 0x92005a9c],
    ['order-2', 0x77d852c0],
    ['0af7651916cd43dd8448eb211c80319c', 0x146b5eaf],
    ['1b4e28ba-2fa1-4d2b-883f-0016d3cca427', 0x2b837567],
  ] as const) {
    it(`of "${text}"`, () => assert.equal(hashToUnit(text) * 2 ** 32, hash))
  }
})

describe('CorrelationSampler', () => {
  for (const ratio of [0.01, 0.1, 0.5, 0.9]) {
    for (const [title, make] of [
      ['random', () => randomUUID()],
      ['consecutive', (i: number) => `order-${i}`],
      ['short', (i: number) => i.toString(36)],
    ] as const) {
      it(`keeps ${ratio} of ${title} IDs`, () => {
        const count = 20_000
        let kept = 0
        for (let i = 0; i < count; i++) if (keeps(ratio, under(make(i)))) kept++
        // Six standard deviations: by chance this fails once in 500 million runs.
        const tolerance = 6 * Math.sqrt(count * ratio * (1 - ratio))
        assert.ok(Math.abs(kept - count * ratio) < tolerance, `${kept} of ${count}`)
      })
    }
  }

  it('keeps with a higher ratio what it keeps with a lower one, whatever the trace', () => {
    for (let i = 0; i < 1000; i++) {
      const context = under(`order-${i}`)
      const decisions = [0.1, 0.3, 0.6, 1].map((ratio) => keeps(ratio, context, randomUUID().replaceAll('-', '')))
      assert.deepEqual(decisions, [...decisions].sort(), `order-${i}`)
    }
  })

  it('keeps nothing with 0 and everything with 1', () => {
    for (let i = 0; i < 1000; i++) {
      assert.equal(keeps(0, under(`order-${i}`)), false)
      assert.equal(keeps(1, under(`order-${i}`)), true)
    }
  })

  it('follows a parent in this process', () => {
    assert.equal(keeps(0, withParent(under('a'), 1, false)), true)
    assert.equal(keeps(1, withParent(under('a'), 0, false)), false)
  })

  it('does not follow a parent in another process', () => {
    assert.equal(keeps(0, withParent(under('a'), 1, true)), false)
    assert.equal(keeps(1, withParent(under('a'), 0, true)), true)
  })

  it('decides by the trace ID where there is no ID', () => {
    assert.equal(keeps(1, ROOT_CONTEXT), true)
    assert.equal(keeps(0, ROOT_CONTEXT), false)
    const decisions = new Set(
      Array.from({ length: 64 }, () => keeps(0.5, ROOT_CONTEXT, randomUUID().replaceAll('-', ''))),
    )
    assert.equal(decisions.size, 2)
  })

  it('says what it is', () => assert.equal(String(new CorrelationSampler(0.25)), 'CorrelationSampler{0.25}'))
})
