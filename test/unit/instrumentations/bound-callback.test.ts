// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bindCallback, bindCallbacks, withBoundCallbacks } from '../../../instrumentations/bound-callback.ts'
import { activeId, under, useContextManager } from './clients/active-ids.ts'

useContextManager()

describe('bindCallback()', () => {
  it('runs in the context of its caller, whoever calls it', () => {
    const bound = under('a-1', () => bindCallback(activeId))
    assert.equal(bound(), 'a-1')
    assert.equal(under('b-2', bound), 'a-1')
    const nobodys = bindCallback(activeId)
    assert.equal(under('b-2', nobodys), undefined)
  })

  it('stays where it is, where that is its caller’s context already', () => {
    under('a-1', () => assert.equal(bindCallback(activeId)(), 'a-1'))
  })

  it('passes `this`, arguments, result and error on, each time', () => {
    const self = {}
    const bound = under('a-1', () =>
      bindCallback(function (this: unknown, ...args: unknown[]) {
        if (args[0] === 'throw') throw new Error('thrown')
        return [this, ...args]
      }),
    )
    assert.deepEqual(bound.call(self, 1, undefined), [self, 1, undefined])
    assert.equal((bound.call(self) as unknown[])[0], self)
    assert.throws(() => bound.call(self, 'throw'), { message: 'thrown' })
    assert.equal(activeId(), undefined)
  })
})

describe('bindCallbacks()', () => {
  it('binds what is a function, and nothing else', () => {
    const values = {}
    const args = under('a-1', () => bindCallbacks(['text', values, activeId, undefined]))
    assert.deepEqual([args[0], args[3], args.length], ['text', undefined, 4])
    assert.equal(args[1], values)
    assert.equal((args[2] as typeof activeId)(), 'a-1')
  })

  it('makes no new list where there is no function', () => {
    const args = ['text', null, undefined]
    assert.equal(bindCallbacks(args), args)
  })
})

describe('withBoundCallbacks()', () => {
  it('calls the method once, on the same object, and returns what it returns', () => {
    const calls: unknown[] = []
    const holder = {
      method: withBoundCallbacks(function (this: unknown, ...args: unknown[]) {
        calls.push([this, args.length])
        return (args[1] as typeof activeId | undefined)?.() ?? 'nothing'
      }),
    }
    assert.equal(holder.method('text'), 'nothing')
    assert.equal(
      under('a-1', () => holder.method('text', activeId)),
      'a-1',
    )
    assert.deepEqual(calls, [
      [holder, 1],
      [holder, 2],
    ])
  })
})
