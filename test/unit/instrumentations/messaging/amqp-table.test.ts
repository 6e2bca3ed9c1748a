// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tableGetter, tableSetter } from '../../../../instrumentations/messaging/amqp-table.ts'

type Fields = Readonly<Record<string, unknown>>

/** What amqplib would send of a table: it leaves out what is undefined. */
function sent(table: Fields): Fields {
  const fields: Record<string, unknown> = {}
  for (const key in table) if (table[key] !== undefined) fields[key] = table[key]
  return fields
}

interface Case {
  readonly title: string
  readonly own: Fields
  readonly set: readonly [name: string, value: string]
  readonly expected: Fields
}

const CASES: readonly Case[] = [
  { title: 'adds a field', own: { kind: 'order' }, set: ['x', 'a'], expected: { kind: 'order', x: 'a' } },
  { title: 'takes the place of one', own: { x: 'b' }, set: ['x', 'a'], expected: { x: 'a' } },
  { title: 'takes the place of another case', own: { X: 'b', x: 'c' }, set: ['x', 'a'], expected: { x: 'a' } },
  { title: 'leaves another case with the same value', own: { X: 'a' }, set: ['x', 'a'], expected: { X: 'a' } },
  { title: 'does not leave one of two values', own: { X: ['a', 'b'] }, set: ['x', 'a'], expected: { x: 'a' } },
  { title: 'takes the place of a table', own: { x: { y: 'a' } }, set: ['x', 'a'], expected: { x: 'a' } },
  {
    title: 'keeps entries of baggage',
    own: { Baggage: 'tenant=7;p=1,x=evil, y=2' },
    set: ['baggage', 'x=a,z=1'],
    expected: { baggage: 'x=a,z=1,tenant=7;p=1, y=2' },
  },
  {
    title: 'keeps entries in bytes',
    own: { baggage: Buffer.from('y=2') },
    set: ['baggage', 'x=a'],
    expected: { baggage: 'x=a,y=2' },
  },
  {
    title: 'leaves baggage that is none',
    own: { baggage: { y: 2 } },
    set: ['baggage', 'x=a'],
    expected: { baggage: { y: 2 } },
  },
]

describe('the setter', () => {
  for (const { title, own, set, expected } of CASES) {
    it(title, () => {
      const application = Object.freeze({ ...own })
      const table = Object.create(application) as Fields
      tableSetter.set(table, ...set)
      assert.deepEqual(sent(table), expected)
      assert.deepEqual(application, own)
    })
  }

  it('writes where there is nothing below', () => {
    const table = Object.create(null) as Fields
    tableSetter.set(table, 'x', 'a')
    assert.deepEqual(sent(table), { x: 'a' })
  })
})

describe('the getter', () => {
  it('sees what is below, and bytes as text', () => {
    const table = Object.assign(Object.create({ below: Buffer.from('a') }), { own: 'b' }) as Fields
    assert.deepEqual(tableGetter.keys(table), ['own', 'below'])
    assert.deepEqual([tableGetter.get(table, 'below'), tableGetter.get(table, 'own')], ['a', 'b'])
  })
})
