// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BoundedCache } from '../../../src/propagation/bounded-cache.ts'

describe('BoundedCache', () => {
  it('keeps the newest entries, and no more than its limit', () => {
    const cache = new BoundedCache<number>(3)
    for (let i = 0; i < 10; i++) cache.set(`key ${i}`, i)
    assert.equal(cache.size, 3)
    assert.deepEqual(
      ['key 6', 'key 7', 'key 8', 'key 9'].map((key) => cache.get(key)),
      [undefined, 7, 8, 9],
    )
  })

  it('forgets nothing when a key is set again', () => {
    const cache = new BoundedCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('b', 3)
    assert.deepEqual([cache.get('a'), cache.get('b')], [1, 3])
  })
})
