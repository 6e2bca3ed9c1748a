// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { patchRequestEmit, rememberNodesListeners } from '../../../instrumentations/request-emit.ts'
import { activeId, arrive, inStrangers } from './arriving-request.ts'

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  patchRequestEmit({ requestClosed() {}, responseClosed() {}, responseFailed() {} })
})
after(() => context.disable())

describe("Node's own listeners of a request and of its response", () => {
  it('stay where they are when Node has the end of a request call them once the response is finished', () => {
    const seen: unknown[] = []
    for (const name of ['nobody else', 'the application']) {
      const { state, request, response } = arrive()
      response.removeAllListeners('finish').on('finish', () => request.on('end', () => seen.push(['node', activeId()])))
      rememberNodesListeners(request, response, state)
      if (name === 'the application') request.on('end', () => seen.push(['application', activeId()]))
      inStrangers(() => [response.emit('finish'), request.emit('end')])
    }
    assert.deepEqual(seen, [
      ['node', 'stranger'],
      ['application', 'own'],
      ['node', 'own'],
    ])
  })

  it('are not those that the application adds once the response is finished', () => {
    const { state, request, response } = arrive()
    const seen: unknown[] = []
    rememberNodesListeners(request, response, state)
    response.on('finish', () => request.on('end', () => seen.push(activeId())))
    inStrangers(() => [response.emit('finish'), request.emit('end')])
    assert.deepEqual(seen, ['own'])
  })

  it('are not looked for on a request that its response has no more', () => {
    for (const gone of [undefined, null]) {
      const { state, request, response } = arrive()
      rememberNodesListeners(request, response, state)
      Object.assign(response, { req: gone })
      assert.equal(response.removeAllListeners('finish').emit('finish'), false)
    }
  })

  it('stay where they are until the application listens too', () => {
    const { state, request, response } = arrive()
    const seen: unknown[] = []
    request.on('end', () => seen.push(['node', activeId()]))
    response.removeAllListeners('finish').on('finish', () => seen.push(['node', activeId()]))
    rememberNodesListeners(request, response, state)
    const finish = () => inStrangers(() => [request.emit('end'), response.emit('finish')])
    finish()
    assert.deepEqual(seen.splice(0), [
      ['node', 'stranger'],
      ['node', 'stranger'],
    ])
    request.on('end', () => seen.push(['application', activeId()]))
    response.on('finish', () => seen.push(['application', activeId()]))
    finish()
    const application = seen.filter((entry) => Array.isArray(entry) && entry[0] === 'application')
    assert.deepEqual(application, [
      ['application', 'own'],
      ['application', 'own'],
    ])
  })
})
