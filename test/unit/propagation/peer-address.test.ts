// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { peerAddressOf } from '../../../src/propagation/peer-address.ts'
import { createTrust } from '../../../src/propagation/trust.ts'

describe('peerAddressOf', () => {
  const directory = mkdtempSync(join(tmpdir(), 'peer-address-'))
  after(() => rmSync(directory, { recursive: true }))

  /** What is seen at the first data of a connection, as an HTTP server does; `leave` is done by the client before that. */
  async function seen(server: Server, leave: (client: Socket) => void): Promise<{ raw: unknown; peer: unknown }> {
    const address = server.address() as AddressInfo | string
    const client = typeof address === 'string' ? connect(address) : connect(address.port, '127.0.0.1')
    client.on('error', () => {})
    const [socket] = (await once(server, 'connection')) as [Socket]
    socket.on('error', () => {})
    await new Promise<void>((done) => client.write('x', () => done()))
    leave(client)
    const data = once(socket, 'data')
    socket.resume()
    await data
    const answer = { raw: socket.remoteAddress, peer: peerAddressOf(socket) }
    client.destroy()
    socket.destroy()
    await new Promise<void>((done) => server.close(() => done()))
    return answer
  }

  const listen = async (where: object) => {
    const server = createServer({ pauseOnConnect: true }).listen(where)
    await once(server, 'listening')
    return server
  }

  it('is the address of a TCP peer', async () => {
    const server = await listen({ port: 0, host: '127.0.0.1' })
    assert.deepEqual(await seen(server, () => {}), { raw: '127.0.0.1', peer: '127.0.0.1' })
  })

  it('is undefined for a Unix socket', { skip: process.platform === 'win32' }, async () => {
    const server = await listen({ path: join(directory, 'socket') })
    assert.deepEqual(await seen(server, () => {}), { raw: undefined, peer: undefined })
  })

  // Only Linux still hands over what came before the reset.
  it('does not take a TCP peer that reset for a Unix socket', { skip: process.platform !== 'linux' }, async () => {
    const server = await listen({ port: 0, host: '127.0.0.1' })
    const answer = await seen(server, (client) => client.resetAndDestroy())
    assert.deepEqual(answer, { raw: undefined, peer: '' })
  })

  it('makes a peer that is gone trusted only by those who trust everybody', () => {
    const gone = [
      { remoteAddress: undefined, localAddress: '127.0.0.1', destroyed: false },
      { remoteAddress: undefined, localAddress: undefined, destroyed: true },
    ]
    for (const socket of gone) {
      assert.equal(createTrust(['internal']).trust.trusts(peerAddressOf(socket)), false)
      assert.equal(createTrust(['all']).trust.trusts(peerAddressOf(socket)), true)
    }
  })
})
