// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The service that the app calls, in a process of its own. It remembers the headers of the last request. */
const BODY = JSON.stringify({ id: 42, name: 'item', tags: ['a', 'b'] })
const HEAD = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) }
let last: IncomingHttpHeaders = {}
let count = 0

const server = createServer((req, res) => {
  last = req.headers
  count += 1
  res.writeHead(200, HEAD)
  res.end(BODY)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port })
})
process.on('message', () => process.send?.({ type: 'seen', headers: last, count }))
process.on('SIGTERM', () => process.exit(0))
