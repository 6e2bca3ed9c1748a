// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { handOver, takeOver } from '../../../../instrumentations/messaging/hand-over.ts'
import { getId, setId } from '../../../../src/correlation/context.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'
import { recordedMessaging, runtimeOf } from './recorded-messaging.ts'

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`

describe('Messaging.renew()', () => {
  const CARRIERS: Readonly<Record<string, Record<string, unknown>>> = {
    'an empty one': {},
    'one with an ID': { traceparent: TRACEPARENT, 'x-correlation-id': 'old', baggage: 'correlation.id=old,tenant=7' },
    'one whose ID is in baggage': { traceparent: TRACEPARENT, baggage: 'tenant=7,correlation.id=old' },
    'one with another name that is read': { 'x-request-id': 'old' },
    'one with other letters': { 'X-Correlation-ID': 'old' },
  }
  for (const [name, original] of Object.entries(CARRIERS)) {
    it(`${name}: an ID that nobody has, and all else as it was`, () => {
      const { messaging } = recordedMessaging()
      const carrier = { ...original }
      messaging.renew(carrier)
      const { id } = messaging.receive(carrier)
      assert.notEqual(id, 'old')
      assert.equal(messaging.receive(carrier).id, id, 'it is the carrier that has it')
      assert.equal(carrier['traceparent'], original['traceparent'])
      if (String(original['baggage']).includes('tenant')) assert.match(String(carrier['baggage']), /\btenant=7\b/)
      const again = { ...original }
      messaging.renew(again)
      assert.notEqual(messaging.receive(again).id, id)
    })
  }

  it('writes nothing where messages carry nothing', () => {
    const { messaging } = recordedMessaging({ env: { CORRELATION_MESSAGING: 'false' } })
    const carrier = {}
    messaging.renew(carrier)
    assert.deepEqual(carrier, {})
  })
})

describe('handOver() and takeOver()', () => {
  for (const env of [{}, { CORRELATION_MESSAGING: 'false' }]) {
    it(`carry the ID into a process of our own, with ${JSON.stringify(env)}`, () => {
      recordedMessaging({ env })
      const carrier = handOver(runtimeOf(env), setId(ROOT_CONTEXT, 'id-1' as CorrelationId))
      assert.deepEqual(carrier, { 'x-correlation-id': 'id-1', baggage: 'correlation.id=id-1' })
      assert.equal(getId(takeOver(structuredClone(carrier))), 'id-1')
    })
  }
})
