// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { describe, it } from 'node:test'
import { request } from './http-request.ts'
import { rawRequest } from './raw-request.ts'
import { startRawSink } from './raw-sink.ts'

describe('startRawSink()', () => {
  it('keeps the bytes as they were sent', async () => {
    await using sink = await startRawSink()
    const bytes = 'POST /a HTTP/1.1\r\nhOST: b\r\nX-Ä: \xff\r\nContent-Length: 3\r\n\r\nabc'
    const answer = await rawRequest(sink.port, bytes)
    assert.match(answer.toString(), /^HTTP\/1\.1 200 OK\r\n.+\r\n\r\nok$/s)
    assert.equal(sink.bytes.toString('latin1'), bytes)
    assert.deepEqual(sink.requests, [{ head: bytes.slice(0, bytes.indexOf('\r\n\r\n')), body: 'abc' }])
  })

  it('waits for the end of a chunked body and continues a request that expects it to', async () => {
    await using sink = await startRawSink()
    const headers = { expect: '100-continue', 'transfer-encoding': 'chunked' }
    const outgoing = http.request(sink.url, { method: 'POST', headers, agent: false })
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    assert.deepEqual(sink.requests, [])
    outgoing.write('one')
    outgoing.end('two')
    const [response] = await once(outgoing, 'response')
    assert.equal(response.statusCode, 200)
    assert.deepEqual(
      sink.requests.map(({ body }) => body),
      ['3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n'],
    )
  })

  it('serves one request after the other', async () => {
    await using sink = await startRawSink(({ head }) => {
      const path = head.split(' ')[1] ?? ''
      return `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\nConnection: close\r\n\r\n${path}`
    })
    const bodies = [await request(`${sink.url}/one`), await request(`${sink.url}/two`)].map(({ body }) => body)
    assert.deepEqual(bodies, ['/one', '/two'])
  })
})

describe('rawRequest()', () => {
  it('ends early when enough came, and says what came when it takes too long', async () => {
    const server = http.createServer((_, response) => response.end('kept alive'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const bytes = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const answer = await rawRequest(port, bytes, { until: (all) => all.includes('kept alive') })
    assert.match(answer.toString(), /kept alive/)
    await assert.rejects(rawRequest(port, bytes, { timeoutMs: 100 }), /kept the connection for 100 ms\. Came:\nHTTP/)
    server.closeAllConnections()
    server.close()
  })
})

describe('request()', () => {
  it('sends an array of headers as it is, with the framing that Node leaves out', async () => {
    await using sink = await startRawSink()
    const headers = ['X-A', '1', 'x-a', '2']
    await request(sink.url, { method: 'POST', headers, body: 'äb' })
    const [head, body] = [sink.requests[0]?.head ?? '', sink.requests[0]?.body]
    assert.match(head, /\r\nX-A: 1\r\nx-a: 2(\r\n|$)/)
    assert.match(head, /\r\nContent-Length: 3\r\n/)
    assert.match(head, new RegExp(`\r\nHost: 127\\.0\\.0\\.1:${sink.port}\r\n`))
    assert.equal(Buffer.from(body ?? '', 'latin1').toString(), 'äb')
  })
})
