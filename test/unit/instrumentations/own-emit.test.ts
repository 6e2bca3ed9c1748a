// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { bindEmit } from '../../../instrumentations/own-emit.ts'
import { getId } from '../../../src/correlation/context.ts'
import { createRequestState, getRequestState, setRequestState } from '../../../src/correlation/request-state.ts'
import { adopted } from '../correlation/decide-cases.ts'

const state = createRequestState(adopted('a-1'), undefined, undefined)
const own = setRequestState(ROOT_CONTEXT, state)
const belongs = (active: Context) => getRequestState(active) === state
const strangers = setRequestState(ROOT_CONTEXT, createRequestState(adopted('b-2'), undefined, undefined))

before(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
after(() => context.disable())

/** The ID that a listener sees when the event comes in a stranger's context. */
function idAt(emitter: EventEmitter, emit = () => emitter.emit('event')): string | undefined {
  let id: string | undefined
  emitter.once('event', () => {
    id = getId(context.active())
  })
  context.with(strangers, emit)
  return id
}

describe('bindEmit', () => {
  it('runs listeners in the bound context, whoever emits; without it they run in the emitter’s', () => {
    const emitter = new EventEmitter()
    assert.equal(idAt(emitter), 'b-2')
    bindEmit(emitter, own, belongs)
    assert.equal(idAt(emitter), 'a-1')
  })

  it('leaves a context alone that belongs to the request already', () => {
    const key = Symbol('span')
    const emitter = new EventEmitter()
    bindEmit(emitter, own, belongs)
    let seen: unknown
    emitter.once('event', () => {
      seen = context.active().getValue(key)
    })
    context.with(own.setValue(key, 'inner'), () => emitter.emit('event'))
    assert.equal(seen, 'inner')
  })

  it('passes arguments, `this` and the result on, and is not enumerable', () => {
    const emitter = new EventEmitter()
    bindEmit(emitter, own, belongs)
    const calls: unknown[] = []
    emitter.once('event', function (this: unknown, ...args: unknown[]) {
      calls.push(this, ...args)
    })
    assert.equal(emitter.emit('event', 1, 2), true)
    assert.equal(emitter.emit('event'), false)
    assert.deepEqual(calls, [emitter, 1, 2])
    assert.ok(!Object.keys(emitter).includes('emit'))
  })

  it('keeps an own `emit` that was there, and one that is put on top', () => {
    const emitter = new EventEmitter()
    const seen: string[] = []
    for (const name of ['below', 'above']) {
      const original = emitter.emit
      emitter.emit = function (...args) {
        seen.push(name)
        return original.apply(this, args)
      }
      if (name === 'below') bindEmit(emitter, own, belongs)
    }
    assert.equal(idAt(emitter), 'a-1')
    assert.deepEqual(seen, ['above', 'below'])
  })

  it('follows a prototype that is patched later', () => {
    class Patched extends EventEmitter {}
    const emitter = new Patched()
    bindEmit(emitter, own, belongs)
    let wasCalled = false
    Patched.prototype.emit = function (...args) {
      wasCalled = true
      return EventEmitter.prototype.emit.apply(this, args)
    }
    assert.equal(idAt(emitter), 'a-1')
    assert.ok(wasCalled)
  })

  it('binds once, and calls back at every close', () => {
    const emitter = new EventEmitter()
    let closes = 0
    bindEmit(emitter, own, belongs, () => closes++)
    const { emit } = emitter
    bindEmit(emitter, strangers, belongs, () => assert.fail('bound twice'))
    assert.equal(emitter.emit, emit)
    emitter.emit('close')
    assert.equal(closes, 1)
  })

  it('leaves an object without `emit` alone', () => {
    const mock = {}
    bindEmit(mock as EventEmitter, own, belongs)
    assert.deepEqual(Object.getOwnPropertyNames(mock), [])
  })
})
