// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { describe, it, mock } from 'node:test'
import { isValidSpanId, isValidTraceId } from '@opentelemetry/api'
import { generateSpanId, generateTraceId } from '../../../src/sdk/id-generator.ts'

describe('trace and span IDs', () => {
  it('are valid, and each is another, in whatever order they are made', () => {
    const traces = new Set<string>()
    const spans = new Set<string>()
    for (let i = 0; i < 2000; i++) {
      const trace = generateTraceId()
      assert.ok(isValidTraceId(trace), trace)
      traces.add(trace)
      for (let j = 0; j < i % 4; j++) {
        const span = generateSpanId()
        assert.ok(isValidSpanId(span), span)
        spans.add(span)
      }
    }
    assert.equal(traces.size, 2000)
    assert.equal(spans.size, 3000)
    // Cut from the same text: none may be a part of another.
    const halves = [...traces].flatMap((id) => [id.slice(0, 16), id.slice(16)])
    assert.ok(!halves.some((half) => spans.has(half)))
  })

  it('begin where the one before ended, and not within it', () => {
    const ids = Array.from({ length: 500 }, () => generateSpanId())
    for (const shared of [1, 2, 4, 8]) {
      const overlapping = ids.filter((id, i) => i > 0 && ids[i - 1]?.endsWith(id.slice(0, shared)))
      // One digit of 16 is the same by chance.
      assert.ok(overlapping.length < 150, `${overlapping.length} begin with ${shared} digits of the one before`)
    }
  })

  it('are never all zeros, which is no ID', (t) => {
    let fills = 0
    const { randomFillSync } = crypto
    t.mock.method(crypto, 'randomFillSync', (block: Buffer) => {
      fills += 1
      return fills === 1 ? block.fill(0) : randomFillSync(block)
    })
    syncBuiltinESMExports()
    try {
      for (let i = 0; i < 100; i++) assert.ok(isValidTraceId(generateTraceId()))
    } finally {
      mock.restoreAll()
      syncBuiltinESMExports()
    }
    assert.ok(fills > 1)
  })
})
