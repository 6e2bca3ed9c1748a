// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { context } from '@opentelemetry/api'
import { disownEvents, rememberOpener } from '../../../../instrumentations/clients/pooled-connection.ts'
import { activeId, under, useContextManager } from './active-ids.ts'

useContextManager()

class Connection extends EventEmitter {}
disownEvents(Connection.prototype)

/** A connection that a pool opens in the active context, its socket's way to emit, and the IDs that its listeners saw. */
function open() {
  const connection = new Connection()
  rememberOpener(connection)
  const seen: unknown[] = []
  connection.on('error', (...args) => seen.push([activeId(), ...args]))
  const bySocket = context.bind(context.active(), (...args: unknown[]) => connection.emit('error', ...args))
  return { connection, seen, bySocket }
}

describe('the events of a pooled connection', () => {
  it('are nobody’s where they come from its socket', () => {
    const { seen, bySocket } = under('opener', open)
    assert.equal(bySocket(1, 2), true)
    assert.deepEqual(seen, [[undefined, 1, 2]])
  })

  it('are the caller’s where whoever uses it causes them', () => {
    const { connection, seen } = under('opener', open)
    under('user', () => connection.emit('error'))
    assert.deepEqual(seen, [['user']])
  })

  it('stay as they are where the first opener was nobody, and with the first of two', () => {
    const { connection, seen, bySocket } = open()
    bySocket()
    under('opener', () => rememberOpener(connection))
    under('another', () => {
      rememberOpener(connection)
      connection.emit('error')
    })
    assert.deepEqual(seen, [[undefined], ['another']])
  })

  it('stay as they are where no pool opened the connection', () => {
    const own = new Connection()
    const seen: unknown[] = []
    own.on('end', () => seen.push(activeId()))
    under('opener', () => own.emit('end'))
    assert.deepEqual(seen, ['opener'])
    assert.equal(own.emit('unheard'), false)
    assert.throws(() => own.emit('error', new Error('thrown')), { message: 'thrown' })
  })

  it('are not to be seen in a list of names', () => {
    assert.deepEqual(Object.keys(Connection.prototype), [])
  })
})
