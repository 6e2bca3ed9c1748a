// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { getId } from '../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import { putId } from '../../../src/propagation/put-id.ts'

const ID = 'order-4711' as CorrelationId
const GIVEN = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ tenant: { value: 'a' } }))

describe('putId()', () => {
  it('sets the ID, and puts its entry before those of the baggage', () => {
    const put = putId(GIVEN, ID, 'correlation.id')
    assert.equal(getId(put), ID)
    assert.deepEqual(propagation.getBaggage(put)?.getAllEntries(), [
      ['correlation.id', { value: ID }],
      ['tenant', { value: 'a' }],
    ])
  })

  it('leaves the baggage alone without a key', () => {
    const put = putId(GIVEN, ID, undefined)
    assert.equal(getId(put), ID)
    assert.equal(propagation.getBaggage(put), propagation.getBaggage(GIVEN))
  })
})
