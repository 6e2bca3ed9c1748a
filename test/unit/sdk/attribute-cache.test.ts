// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AttributeCache } from '../../../src/sdk/attribute-cache.ts'

const BYTES = Uint8Array.of(1)

/** As the writer of attributes uses it; returns whether the attribute was known. */
function meet(cache: AttributeCache, key: string, value: unknown): boolean {
  if (cache.find(key, value) !== undefined) return true
  if (cache.wants(key, value)) cache.keep(key, value, BYTES)
  return false
}

describe('AttributeCache', () => {
  it('knows text, numbers and booleans again, each type for itself', () => {
    const cache = new AttributeCache()
    for (const value of ['1', 1, 'true', true, Number.NaN, '']) {
      assert.equal(meet(cache, 'key', value), false)
      assert.equal(meet(cache, 'key', value), true)
      assert.equal(meet(cache, `another ${value}`, value), false)
    }
  })

  it('keeps no object, which may be another one next time, and no long text', () => {
    const cache = new AttributeCache()
    const list = ['a']
    for (const value of [list, { a: 1 }, null, 'x'.repeat(65)]) {
      assert.equal(meet(cache, 'key', value), false)
      assert.equal(meet(cache, 'key', value), false)
    }
    assert.equal(meet(cache, 'k'.repeat(65), 1), false)
    assert.equal(meet(cache, 'k'.repeat(65), 1), false)
  })

  it('keeps 16 values of a key and 100 keys', () => {
    const cache = new AttributeCache()
    for (let i = 0; i < 30; i++) meet(cache, 'key', i)
    assert.deepEqual([meet(cache, 'key', 15), meet(cache, 'key', 16)], [true, false])
    for (let i = 1; i < 120; i++) meet(cache, `key ${i}`, 'same')
    assert.deepEqual([meet(cache, 'key 99', 'same'), meet(cache, 'key 100', 'same')], [true, false])
  })

  it('gives a key up whose values are new each time, and keeps one that is met again', () => {
    const cache = new AttributeCache()
    for (let i = 0; i < 200; i++) {
      meet(cache, 'id', `id ${i}`)
      meet(cache, 'path', i % 2 === 0 ? '/' : `/items/${i}`)
    }
    assert.deepEqual([meet(cache, 'id', 'id 0'), meet(cache, 'path', '/')], [false, true])
  })
})
