// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { deleteId, getId, setId } from '../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import {
  createRequestState,
  getRequestState,
  recallState,
  rememberState,
  setRequestState,
} from '../../../src/correlation/request-state.ts'
import { adopted } from './decide-cases.ts'

const state = createRequestState(adopted('a-1'), undefined, 'k=v')

describe('request state', () => {
  it('starts as undecided about everything that only the request shows', () => {
    assert.deepEqual(state, {
      id: 'a-1',
      decision: adopted('a-1'),
      rewritten: undefined,
      headers: undefined,
      receivedBaggage: 'k=v',
      context: undefined,
      onEnd: undefined,
      onFinish: undefined,
      openResponse: undefined,
      span: undefined,
      suppressed: false,
      overridden: false,
      counted: false,
      isOpen: false,
    })
  })

  it('puts itself and the ID into a context', () => {
    const context = setRequestState(ROOT_CONTEXT, state)
    assert.equal(getRequestState(context), state)
    assert.equal(getId(context), 'a-1')
    assert.equal(getRequestState(ROOT_CONTEXT), undefined)
    assert.equal(getId(ROOT_CONTEXT), undefined)
  })

  it('is recalled by the very object it was remembered under', () => {
    const carrier = { host: 'x' }
    rememberState(carrier, state)
    assert.equal(recallState(carrier), state)
    for (const other of [{ host: 'x' }, undefined, null, 'a-1', 1]) assert.equal(recallState(other), undefined)
  })

  it('is one for all copies of the module', async () => {
    const carrier = {}
    rememberState(carrier, state)
    const copy: typeof import('../../../src/correlation/request-state.ts') = await import(
      `${new URL('../../../src/correlation/request-state.ts', import.meta.url).href}?copy`
    )
    assert.equal(copy.recallState(carrier), state)
    assert.equal(copy.getRequestState(setRequestState(ROOT_CONTEXT, state)), state)
  })
})

describe('the ID in a context', () => {
  it('can be set, read and taken out', () => {
    const context = setId(ROOT_CONTEXT, 'a-1' as CorrelationId)
    assert.equal(getId(context), 'a-1')
    assert.equal(getId(deleteId(context)), undefined)
    assert.equal(getId(context), 'a-1')
  })
})
