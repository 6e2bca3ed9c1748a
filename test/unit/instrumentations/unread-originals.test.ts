// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Originals, UnreadOriginals } from '../../../instrumentations/unread-originals.ts'

const ABSENT: Originals = new Map([['x-correlation-id', undefined]])
const OTHER: Originals = new Map([['x-correlation-id', 'r-1']])

function drained(unread: UnreadOriginals): readonly (readonly [string, Originals])[] {
  const found: [string, Originals][] = []
  unread.drain((id, originals) => found.push([id, originals]))
  return found
}

describe('UnreadOriginals', () => {
  it('hands over what it was given, whatever the length of the IDs and the maps, and is empty then', () => {
    const id = fc.stringMatching(/^[\x21-\x7e]{1,60}$/)
    const entries = fc.array(fc.tuple(id, fc.constantFrom(ABSENT, OTHER)), { maxLength: 20 })
    const unread = new UnreadOriginals(20)
    fc.assert(
      fc.property(entries, (given) => {
        for (const [each, originals] of given) unread.add(each, originals)
        assert.equal(unread.isFull, given.length === 20)
        const sorted = (list: readonly (readonly [string, Originals])[]) =>
          list.map(([each, originals]) => `${each} ${originals.get('x-correlation-id')}`).toSorted()
        assert.deepEqual(sorted(drained(unread)), sorted(given))
        assert.deepEqual(drained(unread), [])
      }),
    )
  })

  it('is full with as many as it has room for, of both kinds together', () => {
    const unread = new UnreadOriginals(3)
    unread.add(randomUUID(), ABSENT)
    unread.add(randomUUID(), OTHER)
    assert.equal(unread.isFull, false)
    unread.add('i'.repeat(128), ABSENT)
    assert.equal(unread.isFull, true)
    unread.clear()
    assert.equal(unread.isFull, false)
    assert.deepEqual(drained(unread), [])
  })

  it('does not mix up maps when another one is shared than before', () => {
    const unread = new UnreadOriginals(4)
    for (const id of ['one', 'two']) unread.add(id, ABSENT)
    unread.clear()
    const given = ['three', 'four', 'five'].map((id) => [id, OTHER] as const)
    for (const [id, originals] of given) unread.add(id, originals)
    unread.add('six', ABSENT)
    const found = drained(unread).toSorted(([a], [b]) => a.localeCompare(b))
    assert.deepEqual(
      found,
      [...given, ['six', ABSENT] as const].toSorted(([a], [b]) => a.localeCompare(b)),
    )
  })
})
