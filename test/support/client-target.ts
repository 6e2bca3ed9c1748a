// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'

const file = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))

/** What `test/fixtures/client-spans/calls.mjs` calls. */
export interface ClientTarget {
  readonly env: Readonly<Record<string, string>>
  /** The headers of each request, in the order in which they came. */
  readonly heads: readonly (readonly string[])[]
}

const answers: Readonly<Record<string, RequestListener>> = {
  '/404': (_request, response) => response.writeHead(404).end('no'),
  '/500': (_request, response) => response.writeHead(500).end('no'),
  '/redirect': (_request, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/hang': () => {},
  '/destroy': (request) => request.socket.destroy(),
  '/half': (request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half')
    setTimeout(() => request.socket.destroy(), 50)
  },
  '/half-open': (_request, response) => response.writeHead(200, { 'content-length': '10' }).write('half'),
}

/** Starts the servers: HTTP on all addresses, TLS, a Unix socket, and a port where nobody listens. */
export async function startClientTarget(t: TestContext): Promise<ClientTarget> {
  const heads: string[][] = []
  const listener: RequestListener = (request, response) => {
    heads.push(request.rawHeaders)
    request.resume()
    const answer = answers[request.url?.split('?')[0] ?? '']
    if (answer === undefined) response.end('ok')
    else answer(request, response)
  }
  const plain = http.createServer(listener).on('upgrade', (request, socket) => {
    heads.push(request.rawHeaders)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    socket.on('error', () => {}).resume()
  })
  const tls = https.createServer({ key: file('key'), cert: file('cert') }, listener)
  const local = http.createServer(listener)
  const closed = net.createServer()
  const socket = path.join(tmpdir(), `client-target-${process.pid}-${Date.now()}.sock`)
  const listening = [plain.listen(0, '::'), tls.listen(0, '::'), local.listen(socket), closed.listen(0, '127.0.0.1')]
  await Promise.all(listening.map((server) => once(server, 'listening')))
  const portOf = (server: net.Server) => String((server.address() as AddressInfo).port)
  const env = { HTTP_PORT: portOf(plain), TLS_PORT: portOf(tls), CLOSED_PORT: portOf(closed), SOCKET: socket }
  closed.close()
  t.after(() => {
    for (const server of [plain, tls, local]) {
      server.close()
      server.closeAllConnections()
    }
  })
  return { env, heads }
}
