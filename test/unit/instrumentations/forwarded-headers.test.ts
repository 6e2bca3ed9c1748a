// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { originalOf, rememberForwardable } from '../../../instrumentations/forwarded-headers.ts'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import { createRequestState, type RequestState } from '../../../src/correlation/request-state.ts'

function stateOf(id: string, rewritten?: Readonly<Record<string, string | undefined>>): RequestState {
  const decision = {
    id: id as CorrelationId,
    source: 'header',
    reason: 'none',
    receivedId: undefined,
    reject: false,
  } as const
  const state = createRequestState(decision, rewritten && new Map(Object.entries(rewritten)), undefined)
  rememberForwardable(state)
  return state
}

const NOT_OURS = { found: false, value: undefined }

describe('originalOf', () => {
  it('finds what stood there, with the request at hand and without', () => {
    const state = stateOf('one', { 'x-correlation-id': undefined, 'x-request-id': 'r-1' })
    for (const known of [state, undefined, stateOf('another')]) {
      assert.deepEqual(originalOf('x-request-id', 'one', known), { found: true, value: 'r-1' })
      assert.deepEqual(originalOf('x-correlation-id', 'one', known), { found: true, value: undefined })
    }
  })

  it('leaves what we did not write', () => {
    const state = stateOf('two', { 'x-request-id': 'r-2' })
    assert.deepEqual(originalOf('x-correlation-id', 'two', state), NOT_OURS)
    assert.deepEqual(originalOf('x-request-id', 'r-2', state), NOT_OURS)
    assert.deepEqual(originalOf('x-request-id', 'three', stateOf('three')), NOT_OURS)
  })

  it('of requests that share an ID each has its own, and without a request nobody gets that of another', () => {
    const first = stateOf('four', { 'x-request-id': 'r-4', 'x-correlation-id': undefined })
    const second = stateOf('four', { 'x-request-id': 'r-5', 'x-correlation-id': undefined })
    assert.equal(originalOf('x-request-id', 'four', first).value, 'r-4')
    assert.equal(originalOf('x-request-id', 'four', second).value, 'r-5')
    assert.deepEqual(originalOf('x-request-id', 'four', undefined), { found: true, value: undefined })
    stateOf('five', { 'x-request-id': 'r-6' })
    stateOf('five', { 'x-request-id': 'r-6' })
    assert.deepEqual(originalOf('x-request-id', 'five', undefined), { found: true, value: 'r-6' })
  })

  it('keeps no long value beyond the request', () => {
    const [short, long] = ['r'.repeat(256), 'r'.repeat(257)]
    stateOf('long', { 'x-request-id': long, 'x-correlation-id': short })
    assert.deepEqual(originalOf('x-request-id', 'long', undefined), { found: true, value: undefined })
    assert.equal(originalOf('x-correlation-id', 'long', undefined).value, short)
    const state = stateOf('live', { 'x-request-id': long })
    assert.equal(originalOf('x-request-id', 'live', state).value, long)
  })

  it('forgets the oldest of many', () => {
    stateOf('oldest', { 'x-request-id': 'r' })
    for (let i = 0; i < 2 * 4096; i++) stateOf(`filler-${i}`, { 'x-request-id': 'r' })
    assert.deepEqual(originalOf('x-request-id', 'oldest', undefined), NOT_OURS)
    assert.equal(originalOf('x-request-id', 'filler-4095', undefined).value, 'r')
  })
})
