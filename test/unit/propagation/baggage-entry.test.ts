// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import {
  dropBaggageEntry,
  prependToBaggageHeader,
  putBaggageEntry,
  readBaggageEntry,
  removeFromBaggageHeader,
} from '../../../src/propagation/baggage-entry.ts'

const KEY = 'correlation.id'
const ID = 'a=b/c+d' as CorrelationId

const READ: readonly (readonly [header: string | undefined, expected: string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['tenant=7', undefined],
  ['correlation.id=x', 'x'],
  ['tenant=7 , correlation.id = x ; p=1', 'x'],
  ['correlation.id=a%3Db', 'a=b'],
  ['correlation%2Eid=x', 'x'],
  ['correlation.id2=x', undefined],
  ['Correlation.Id=x', undefined],
  ['tenant=correlation.id', undefined],
  [`correlation.id=${'x'.repeat(4100)}`, undefined],
  [`${`k=${'x'.repeat(4000)},`.repeat(3)}correlation.id=x`, undefined],
]

const REMOVE: readonly (readonly [header: string | undefined, expected: string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['  ', undefined],
  ['tenant=7, a=b ', 'tenant=7, a=b '],
  ['correlation.id=x', undefined],
  ['a=1,correlation.id=x,b=2', 'a=1,b=2'],
  ['a=1, correlation.id = x;p=1 ,b=2', 'a=1,b=2'],
  ['correlation.id=x,correlation.id=y', undefined],
  ['correlation.id2=x,tenant=correlation.id', 'correlation.id2=x,tenant=correlation.id'],
  ['correlation.id,a=1', 'a=1'],
]

describe('readBaggageEntry', () => {
  for (const [header, expected] of READ) {
    it(`${header?.slice(0, 40)}: ${expected}`, () => assert.equal(readBaggageEntry(header, KEY), expected))
  }
})

describe('removeFromBaggageHeader', () => {
  for (const [header, expected] of REMOVE) {
    it(`${header}: ${expected}`, () => assert.equal(removeFromBaggageHeader(header, KEY), expected))
  }
})

describe('prependToBaggageHeader', () => {
  it('puts the entry first, encoded and once, and leaves the rest', () => {
    assert.equal(prependToBaggageHeader(undefined, KEY, ID), 'correlation.id=a%3Db%2Fc%2Bd')
    assert.equal(prependToBaggageHeader('a=1;p, correlation.id=x', KEY, ID), 'correlation.id=a%3Db%2Fc%2Bd,a=1;p')
  })
})

describe('a context', () => {
  const entriesOf = (context: typeof ROOT_CONTEXT) => propagation.getBaggage(context)?.getAllEntries() ?? []

  it('has the entry first, and loses it without the others', () => {
    const own = propagation.setBaggage(
      ROOT_CONTEXT,
      propagation.createBaggage({ a: { value: '1' }, [KEY]: { value: 'x' } }),
    )
    const context = putBaggageEntry(own, KEY, ID)
    assert.deepEqual(entriesOf(context), [
      [KEY, { value: ID }],
      ['a', { value: '1' }],
    ])
    assert.deepEqual(entriesOf(dropBaggageEntry(context, KEY)), [['a', { value: '1' }]])
    assert.equal(dropBaggageEntry(ROOT_CONTEXT, KEY), ROOT_CONTEXT)
  })

  it('may have a key that is the name of an object member', () => {
    for (const key of ['__proto__', 'constructor']) {
      assert.deepEqual(entriesOf(putBaggageEntry(ROOT_CONTEXT, key, ID)), [[key, { value: ID }]])
    }
  })
})
