// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { patchMethod } from '../../../instrumentations/patch-method.ts'

type Add = (this: Queue, one: number, two: number) => number

class Queue {
  readonly base = 1
  add(one: number, two: number): number {
    return this.base + one + two
  }
}

const double = (prototype: object) =>
  patchMethod<Add>(
    prototype,
    'add',
    (original) =>
      function add(...args) {
        return 2 * Reflect.apply(original, this, args)
      },
  )

describe('patchMethod()', () => {
  it('replaces a method once, and leaves the look of the class as it was', () => {
    const before = Object.getOwnPropertyDescriptor(Queue.prototype, 'add')
    double(Queue.prototype)
    double(Queue.prototype)
    assert.equal(new Queue().add(2, 3), 12)
    const after = Object.getOwnPropertyDescriptor(Queue.prototype, 'add')
    assert.deepEqual({ ...after, value: undefined }, { ...before, value: undefined })
    assert.equal(Queue.prototype.add.name, 'add')
    assert.equal(Queue.prototype.add.length, 2)
    assert.deepEqual(Object.keys(new Queue()), ['base'])
  })

  it('a class that inherits a patched method is not patched on top', () => {
    class Own extends Queue {}
    double(Own.prototype)
    assert.ok(!Object.hasOwn(Own.prototype, 'add'))
    assert.equal(new Own().add(2, 3), 12)
  })

  it('lets be what is not there', () => {
    const prototype = {}
    double(prototype)
    assert.deepEqual(Reflect.ownKeys(prototype), [])
  })
})
