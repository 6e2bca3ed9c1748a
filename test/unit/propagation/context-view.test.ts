// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { withBaggage, withSpan } from '../../../src/propagation/context-view.ts'

const KEY = createContextKey('test')
const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 })
const baggage = propagation.createBaggage({ a: { value: '1' } })
const below = ROOT_CONTEXT.setValue(KEY, 'below')

describe('a view of a context', () => {
  it('has its one value, and else those below', () => {
    const view = withBaggage(withSpan(below, span), baggage)
    assert.equal(trace.getSpan(view), span)
    assert.equal(propagation.getBaggage(view), baggage)
    assert.equal(view.getValue(KEY), 'below')
    assert.equal(trace.getSpan(below), undefined)
    assert.equal(propagation.getBaggage(below), undefined)
  })

  it('makes contexts with all of its values', () => {
    const other = createContextKey('other')
    const made = withSpan(below, span).setValue(other, 'set').deleteValue(KEY)
    assert.equal(trace.getSpan(made), span)
    assert.equal(made.getValue(other), 'set')
    assert.equal(made.getValue(KEY), undefined)
    assert.equal(trace.getSpan(trace.deleteSpan(withSpan(below, span))), undefined)
  })
})
