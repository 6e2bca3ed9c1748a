// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import fc from 'fast-check'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import {
  prependToBaggageHeader,
  putBaggageEntry,
  readBaggageEntry,
  removeFromBaggageHeader,
} from '../../../src/propagation/baggage-entry.ts'

const KEY = 'correlation.id'
const w3c = new W3CBaggagePropagator()

/** The same, the long way: with the parser of the W3C format, and a list of all members. */
const slow = {
  read(header: string): string | undefined {
    const context = w3c.extract(ROOT_CONTEXT, { baggage: header }, { get: () => header, keys: () => ['baggage'] })
    return propagation.getBaggage(context)?.getEntry(KEY)?.value
  },
  remove(header: string): string | undefined {
    if (header.trim() === '') return undefined
    const members = header.split(',').filter((member) => member.split('=', 1)[0]?.trim() !== KEY)
    return members.length === 0 ? undefined : members.join(',')
  },
}

const part = fc.constantFrom(
  KEY,
  'correlation%2Eid',
  'correlation.id2',
  'a',
  '=',
  '=',
  ';',
  ' ',
  '\t',
  '%41',
  '%',
  'x.y-z',
  'é',
  '',
)
const member = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ maxLength: 8 }).map((value) => `${KEY}=${value}`),
  fc.constantFrom(`${KEY}=abc-1`, `${KEY}=`, `${KEY}=${'x'.repeat(4081)}`, `${KEY}=${'x'.repeat(4082)}`, 'tenant=7'),
)
const header = fc.array(member, { maxLength: 66 }).map((members) => members.join(','))
const id = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."aZ9_-.:@=+/~'()!*% ,;é") })

describe('the fast paths of baggage entries', () => {
  it('read what the parser reads', () => {
    fc.assert(
      fc.property(header, (text) => assert.equal(readBaggageEntry(text, KEY), slow.read(text))),
      { numRuns: 2000 },
    )
  })

  it('leave what a list of all members leaves', () => {
    fc.assert(
      fc.property(header, (text) => assert.equal(removeFromBaggageHeader(text, KEY), slow.remove(text))),
      { numRuns: 2000 },
    )
  })

  it('write the ID as encodeURIComponent does', () => {
    fc.assert(
      fc.property(header, id, (text, value) => {
        const rest = slow.remove(text)
        const entry = `${KEY}=${encodeURIComponent(value)}`
        const expected = rest === undefined ? entry : `${entry},${rest}`
        assert.equal(prependToBaggageHeader(text, KEY, value as CorrelationId), expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('put the entry first, alone with its key and without metadata, and keep the others in order', () => {
    const name = fc.constantFrom(KEY, 'a', 'b', '__proto__', 'tenant')
    const entry = fc.constantFrom('abc-1', 'other', '').map((value) => ({ value }))
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, entry), { selector: ([key]) => key }), (list) => {
        const entries = Object.assign(Object.create(null), Object.fromEntries(list)) as Record<
          string,
          { value: string }
        >
        const before = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries))
        const after = propagation.getBaggage(putBaggageEntry(before, KEY, 'abc-1' as CorrelationId))
        const others =
          propagation
            .getBaggage(before)
            ?.getAllEntries()
            .filter(([key]) => key !== KEY) ?? []
        assert.deepEqual(after?.getAllEntries(), [[KEY, { value: 'abc-1' }], ...others])
      }),
    )
  })
})
