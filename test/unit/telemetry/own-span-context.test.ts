// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INVALID_SPAN_CONTEXT, type SpanContext } from '@opentelemetry/api'
import { isOwn, isValid, markAsOwn } from '../../../src/telemetry/own-span-context.ts'

const make = (): SpanContext => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
})

describe('own span contexts', () => {
  it('are known, and valid', () => {
    const spanContext = make()
    markAsOwn(spanContext)
    assert.equal(isOwn(spanContext), true)
    assert.equal(isValid(spanContext), true)
  })

  it('look like any other', () => {
    const spanContext = make()
    markAsOwn(spanContext)
    assert.deepStrictEqual(spanContext, make())
    assert.deepEqual(Reflect.ownKeys(spanContext), ['traceId', 'spanId', 'traceFlags'])
  })

  it('are not known by a copy, which another process may have sent', () => {
    const spanContext = make()
    markAsOwn(spanContext)
    assert.equal(isOwn({ ...spanContext, isRemote: true }), false)
  })

  it('leave others to be looked at', () => {
    assert.equal(isOwn(make()), false)
    assert.equal(isValid(make()), true)
    assert.equal(isValid(INVALID_SPAN_CONTEXT), false)
    assert.equal(isValid({ ...make(), spanId: 'hostile' }), false)
  })
})
