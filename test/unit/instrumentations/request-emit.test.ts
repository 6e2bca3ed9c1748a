// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter, errorMonitor } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, beforeEach, describe, it } from 'node:test'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { bindRequestEmitter, emitsInContext, patchRequestEmit } from '../../../instrumentations/request-emit.ts'
import { activeId, arrive, inStrangers, stateOf } from './arriving-request.ts'

const heard: unknown[] = []
const KEY = Symbol('key')

/** Those of its prototypes, too; without what keeps our state, which has a symbol. */
function namesOf(emitter: object): readonly string[] {
  const names: string[] = []
  for (const name in emitter) names.push(name)
  return names.sort()
}

const namesBefore = namesOf(new IncomingMessage(new Socket()))

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  patchRequestEmit({
    requestClosed(request, state) {
      if (state.id === 'failing') throw new Error('x')
      heard.push(['request closed', request, state.id])
    },
    responseClosed: (response, state) => heard.push(['response closed', response, state.id]),
    responseFailed: (state, error) => heard.push(['response failed', state.id, error]),
  })
})
after(() => context.disable())
beforeEach(() => heard.splice(0))

describe('the events of a request and of its response', () => {
  for (const which of ['request', 'response'] as const) {
    it(`run their listeners in the request's context: ${which}`, () => {
      const emitter: EventEmitter = arrive()[which]
      const seen: unknown[] = []
      emitter.on('event', function (this: unknown, ...args: unknown[]) {
        seen.push([activeId(), this === emitter, ...args])
      })
      assert.equal(
        inStrangers(() => emitter.emit('event')),
        true,
      )
      assert.equal(
        inStrangers(() => emitter.emit('event', 1, 2)),
        true,
      )
      assert.equal(emitter.emit('event', undefined), true)
      assert.equal(emitter.emit('other', 1), false)
      assert.deepEqual(seen, [
        ['own', true],
        ['own', true, 1, 2],
        ['own', true, undefined],
      ])
    })

    it(`run several listeners there, one that a symbol names, and what listens once: ${which}`, () => {
      const emitter: EventEmitter = arrive()[which]
      const seen: unknown[] = []
      for (const event of ['event', KEY]) {
        emitter.on(event, () => seen.push(activeId()))
        emitter.once(event, () => seen.push(activeId()))
        inStrangers(() => emitter.emit(event))
      }
      assert.deepEqual(seen, ['own', 'own', 'own', 'own'])
    })
  }

  it('run a listener there that only watches for errors', () => {
    const seen: unknown[] = []
    for (const which of ['request', 'response'] as const) {
      const emitter: EventEmitter = arrive()[which]
      emitter.on(errorMonitor, () => seen.push(activeId()))
      inStrangers(() => assert.throws(() => emitter.emit('error', new Error('x')), { message: 'x' }))
    }
    assert.deepEqual(seen, ['own', 'own'])
  })

  it('are left alone where the request is active already, so that a listener sees the span of who emits', () => {
    const { state, request } = arrive()
    let seen: unknown
    request.on('event', () => {
      seen = context.active().getValue(KEY)
    })
    context.with((state.context ?? ROOT_CONTEXT).setValue(KEY, 'inner'), () => request.emit('event'))
    assert.equal(seen, 'inner')
  })

  it('are left alone where there is no request, or its context is not made yet', () => {
    const { state, request } = arrive()
    const other = new IncomingMessage(new Socket())
    const seen: unknown[] = []
    for (const emitter of [request, other]) emitter.on('event', () => seen.push(activeId()))
    inStrangers(() => other.emit('event'))
    state.context = undefined
    inStrangers(() => request.emit('event'))
    request.emit('close')
    assert.deepEqual(seen, ['stranger', 'stranger'])
    assert.deepEqual(heard, [])
  })

  it('tell of the end before the application hears of it, and of an error that the response has', () => {
    const { request, response } = arrive()
    const failed = new Error('x')
    for (const emitter of [request, response]) emitter.on('close', () => heard.push('listener'))
    response.on('error', () => heard.push('listener'))
    request.on('error', () => heard.push('listener'))
    inStrangers(() => request.emit('error', failed))
    inStrangers(() => response.emit('error', failed))
    inStrangers(() => request.emit('close'))
    inStrangers(() => response.emit('close'))
    assert.deepEqual(heard, [
      'listener',
      ['response failed', 'own', failed],
      'listener',
      ['request closed', request, 'own'],
      'listener',
      ['response closed', response, 'own'],
      'listener',
    ])
  })

  it('tell of it where nobody listens', () => {
    const { response } = arrive()
    response.removeAllListeners('close')
    assert.equal(response.emit('close'), false)
    assert.deepEqual(heard, [['response closed', response, 'own']])
  })

  it('reach their listeners, whatever becomes of those who are told first', () => {
    const { request } = arrive('failing')
    request.on('close', () => heard.push('listener'))
    assert.equal(request.emit('close'), true)
    assert.deepEqual(heard, ['listener'])
  })

  it('throw what a listener throws, and an error that nobody listens to', () => {
    const { request } = arrive()
    const thrown = new Error('x')
    request.on('event', () => {
      throw thrown
    })
    const isThrown = (error: unknown) => error === thrown
    assert.throws(() => inStrangers(() => request.emit('event')), isThrown)
    assert.throws(() => inStrangers(() => request.emit('error', thrown)), isThrown)
    assert.equal(activeId(), undefined)
  })

  it('go through an `emit` that was put below ours later', () => {
    const { request } = arrive()
    const { emit } = Readable.prototype
    const events: unknown[] = []
    request.on('event', () => events.push(activeId()))
    Readable.prototype.emit = function (this: Readable, ...args: Parameters<typeof emit>) {
      events.push(args[0])
      return emit.apply(this, args)
    } as typeof emit
    try {
      inStrangers(() => request.emit('event'))
    } finally {
      Reflect.deleteProperty(Readable.prototype, 'emit')
    }
    assert.deepEqual(events, ['event', 'own'])
  })

  it('leave the names of a request as they were, for who copies it by them', () => {
    const { request } = arrive()
    assert.deepEqual(namesOf(request), namesBefore)
    assert.ok(namesBefore.includes('emit'))
    assert.equal(Object.hasOwn(request, 'emit'), false)
  })
})

describe('an emitter of neither class', () => {
  it('is told from one that is, and from one with an `emit` of its own', () => {
    const { request, response } = arrive()
    assert.deepEqual([request, response, new EventEmitter()].map(emitsInContext), [true, true, false])
    request.emit = () => true
    assert.equal(emitsInContext(request), false)
  })

  it('is bound to the request, where that has a context', () => {
    const state = stateOf('own')
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    emitter.on('event', () => seen.push(activeId()))
    bindRequestEmitter(emitter, { ...state, context: undefined })
    inStrangers(() => emitter.emit('event'))
    bindRequestEmitter(emitter, state, () => seen.push('closed'))
    inStrangers(() => emitter.emit('event'))
    emitter.emit('close')
    assert.deepEqual(seen, ['stranger', 'own', 'closed'])
  })
})
