// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { errorMonitor } from 'node:events'
import http from 'node:http'
import { Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { patchClientEmit } from '../../../instrumentations/client-emit.ts'
import { OutgoingCall, rememberCall } from '../../../instrumentations/outgoing-call.ts'

const KEY = Symbol('key')
const named = (name: string): Context => ROOT_CONTEXT.setValue(KEY, name)
const activeName = () => context.active().getValue(KEY)

/** A call that was made in its own context, and is told of what happens in another's. */
function makeCall(isTraced: boolean) {
  // Never connected, so that nothing is emitted but by the tests.
  const request = http.request({ createConnection: () => new Socket() })
  const call = new OutgoingCall(named('own'))
  call.isTraced = isTraced
  rememberCall(request, call)
  return {
    request,
    call,
    emit: (...args: [string, ...unknown[]]) => context.with(named('other'), () => request.emit(...args)),
  }
}

describe('the events of an outbound request', () => {
  const original = Object.getOwnPropertyDescriptor(http.ClientRequest.prototype, 'emit')
  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    // With tracing off: that a span hears what nobody else does is seen in the tests of the spans.
    patchClientEmit(false)
  })
  after(() => {
    context.disable()
    Reflect.deleteProperty(http.ClientRequest.prototype, 'emit')
    if (original) Object.defineProperty(http.ClientRequest.prototype, 'emit', original)
  })

  it('run their listeners in the context that it was made in', () => {
    const { request, emit } = makeCall(true)
    const seen: unknown[] = []
    request.on('response', (...args: unknown[]) => seen.push([activeName(), ...args]))
    assert.equal(emit('response', 1), true)
    assert.deepEqual(seen, [['own', 1]])
  })

  it('are as without us where nobody listens', () => {
    const { emit } = makeCall(true)
    assert.equal(emit('finish'), false)
    assert.throws(() => emit('error', new Error('x')), { message: 'x' })
  })

  it('run a listener there that only watches for errors', () => {
    const { request, emit } = makeCall(true)
    let seen: unknown
    request.on(errorMonitor, () => {
      seen = activeName()
    })
    assert.throws(() => emit('error', new Error('x')), { message: 'x' })
    assert.equal(seen, 'own')
  })

  it('are left alone where the context is as good', () => {
    const { request, emit } = makeCall(false)
    let seen: unknown
    request.on('response', () => {
      seen = activeName()
    })
    emit('response')
    assert.equal(seen, 'other')
  })
})
