// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { assertCarries, assertNothingOfOurs, type Call, type Outbound, startOutbound } from '../support/outbound.ts'
import { RAW_OK, rawRedirect } from '../support/raw-sink.ts'

const CLIENTS = ['http.get', 'fetch', 'undici.request']

/** By `CORRELATION_PROPAGATE_TO`: URLs that carry the ID, and URLs that do not. */
const SPELLINGS: Readonly<Record<string, { readonly yes?: readonly string[]; readonly no?: readonly string[] }>> = {
  '::1': { yes: ['http://[::1]:{port}/', 'http://[0:0::1]:{port}/'], no: ['http://127.0.0.1:{port}/'] },
  'all,!::1': { yes: ['http://127.0.0.1:{port}/'], no: ['http://[::1]:{port}/', 'http://[0:0::1]:{port}/'] },
  localhost: {
    yes: [
      'http://LOCALHOST:{port}/',
      'http://localhost:{port}/?u=http://evil.example',
      'http://evil.example@localhost:{port}/',
    ],
    no: ['http://127.0.0.1:{port}/', 'http://localhost:x@127.0.0.1:{port}/', 'http://127.0.0.1:{port}/?localhost'],
  },
  'all,!localhost': {
    yes: ['http://127.0.0.1:{port}/localhost'],
    no: ['http://LocalHost:{port}/', 'http://ｌｏｃａｌｈｏｓｔ:{port}/', 'http://127.0.0.1@localhost:{port}/'],
  },
  'all,!127.0.0.1': {
    yes: ['http://127.0.0.2:{port}/'],
    no: ['http://0x7f.1:{port}/', 'http://2130706433:{port}/', 'http://127.1:{port}/', 'http://127。0。0。1:{port}/'],
  },
  '127.0.0.0/31': { yes: ['http://127.0.0.1:{port}/'], no: ['http://127.0.0.2:{port}/'] },
  none: { no: ['http://127.0.0.1:{port}/', 'http://[::1]:{port}/', 'http://localhost:{port}/'] },
}

async function expectSent({ call }: Outbound, command: Call, carries: boolean): Promise<void> {
  const sent = await call(command)
  if (carries) assertCarries(sent.requests[0], sent.id)
  else assertNothingOfOurs(sent)
}

describe('where outbound requests go', { concurrency: 2 }, () => {
  for (const [list, { yes = [], no = [] }] of Object.entries(SPELLINGS)) {
    it(`CORRELATION_PROPAGATE_TO=${list}: spellings of hosts`, async (t) => {
      const outbound = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: list } })
      for (const client of CLIENTS) {
        // The fetch standard refuses credentials in a URL.
        const can = (url: string) => client !== 'fetch' || !url.includes('@')
        for (const url of yes.filter(can)) await expectSent(outbound, { client, url }, true)
        for (const url of no.filter(can)) await expectSent(outbound, { client, url }, false)
      }
    })
  }

  it('http options: hostname beats host, the Host header says nothing, a path may name another host', async (t) => {
    const outbound = await startOutbound(t)
    const { port } = outbound.sink
    const cases: readonly (readonly [object, boolean])[] = [
      [{ hostname: '127.0.0.2', host: '127.0.0.3' }, true],
      [{ hostname: '127.0.0.3', host: '127.0.0.2' }, false],
      [{ hostname: null, host: '127.0.0.3' }, false],
      [{ headers: { host: `127.0.0.2:${port}` }, hostname: '127.0.0.3' }, false],
      [{ headers: { host: 'evil.example' } }, true],
      [{ path: 'http://127.0.0.3/x' }, false],
      [{ path: 'http://127.0.0.2/x' }, true],
      [{ path: '//127.0.0.3/x' }, false],
      [{ path: '/\\127.0.0.3/x' }, false],
      [{ path: 'http://127.0.0.2@127.0.0.3/x' }, false],
      [{ path: '/x?http://127.0.0.3/' }, true],
      [{ setHost: false }, true],
      [{ setHost: false, hostname: '127.0.0.3' }, false],
      [{ headers: { expect: '100-continue' }, method: 'POST', body: 'text' }, true],
      [{ headers: { expect: '100-continue' }, method: 'POST', body: 'text', hostname: '127.0.0.3' }, false],
    ]
    for (const [options, carries] of cases) {
      const command = { client: 'http.request(options)', url: 'http://127.0.0.2:{port}/', options: { ...options } }
      await expectSent(outbound, command, carries)
    }
  })

  it("agents: their own target and proxy count as well as the request's", async (t) => {
    const outbound = await startOutbound(t)
    const agents: readonly (readonly [string, object, boolean])[] = [
      ['agent with options', { host: '127.0.0.3' }, false],
      ['agent with options', { host: '127.0.0.2' }, true],
      ['agent with a proxy', { proxy: { hostname: '127.0.0.3', port: 1 } }, false],
      ['agent with a proxy', { proxy: { host: '127.0.0.2', port: 1 } }, true],
      ['agent with a proxy', { proxy: { href: 'http://127.0.0.3' } }, false],
      ['agent with a proxy', { proxy: 'http://127.0.0.3/' }, false],
    ]
    for (const [client, options, carries] of agents) {
      await expectSent(outbound, { client, url: 'http://127.0.0.2:{port}/', options: { ...options } }, carries)
    }
  })

  it('agents that write the head again: what was added is taken out when the new target is denied', async (t) => {
    const outbound = await startOutbound(t)
    const client = 'agent that decides late'
    for (const [path, carries] of [
      ['/x', true],
      ['http://127.0.0.2/x', true],
      ['http://127.0.0.3/x', false],
      ['//127.0.0.3/x', false],
    ] as const) {
      await expectSent(outbound, { client, url: 'http://127.0.0.2:{port}/', options: { path } }, carries)
    }
  })

  it('an entry with a port is about the port that is connected to, whatever the Host header says', async (t) => {
    const { sink } = await startOutbound(t)
    const env = { CORRELATION_PROPAGATE_TO: `127.0.0.2,!127.0.0.2:${sink.port}` }
    const second = await startOutbound(t, { env })
    const url = `http://127.0.0.2:${sink.port}/`
    for (const host of ['127.0.0.2', '127.0.0.2:1', `127.0.0.2:${second.sink.port}`]) {
      const from = sink.bytes.length
      const { id } = await second.call({ client: 'http.get', url, options: { headers: { host } } })
      assert.ok(sink.bytes.length > from)
      assert.equal(sink.bytes.includes(id), false, host)
    }
    for (const client of CLIENTS) await expectSent(second, { client, url: 'http://127.0.0.2:{port}/' }, true)
    const third = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: `127.0.0.2:${second.sink.port}` } })
    const from = second.sink.bytes.length
    for (const client of CLIENTS) {
      const { id } = await third.call({ client, url: `http://127.0.0.2:${second.sink.port}/` })
      assert.ok(second.sink.bytes.subarray(from).includes(`: ${id}`), client)
      await expectSent(third, { client, url: 'http://127.0.0.2:{port}/' }, false)
    }
  })

  it('a Unix socket never gets the ID', async (t) => {
    const { app, call } = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: 'all' } })
    const received = await listenOnSocket(t)
    for (const client of ['http.get', 'agent with options']) {
      const { id } = await call({ client, url: 'http://localhost/', options: { socketPath: received.path } })
      assert.match(received.bytes(), /^GET \//)
      assert.equal(received.bytes().includes(id), false, client)
    }
    assert.equal(app.stderr.includes('Error'), false)
  })

  it('redirects: each hop is judged for itself', async (t) => {
    const hops = ['127.0.0.2', '127.0.0.3', '127.0.0.2', '127.0.0.3']
    const outbound = await startOutbound(t, {}, ({ head }) => {
      const hop = Number(/^GET \/(\d)/.exec(head)?.[1])
      const host = hops[hop + 1]
      return host === undefined ? RAW_OK : rawRedirect(`http://${host}:${outbound.sink.port}/${hop + 1}`)
    })
    for (const client of ['fetch', 'undici.fetch', 'undici redirects', 'undici retries', 'http redirects']) {
      const { id, requests } = await outbound.call({ client, url: 'http://127.0.0.2:{port}/0' })
      assert.equal(requests.length, hops.length)
      for (const [i, request] of requests.entries()) {
        if (hops[i] === '127.0.0.2') assertCarries(request, id)
        else assert.doesNotMatch(request.head, /correlation/i)
      }
      const manual = { client, url: 'http://127.0.0.3:{port}/1', options: { redirect: 'manual' } }
      if (client.endsWith('fetch')) assertNothingOfOurs(await outbound.call(manual))
    }
  })
})

/** A server behind a Unix socket, and what it was sent. */
async function listenOnSocket(t: TestContext): Promise<{ readonly path: string; bytes(): string }> {
  const file = path.join(tmpdir(), `outbound-${process.pid}.sock`)
  let bytes = ''
  const server = createServer((socket) =>
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1')
      socket.end(RAW_OK)
    }),
  )
  await new Promise<void>((resolve) => server.listen(file, resolve))
  t.after(() => {
    server.close()
    rmSync(file, { force: true })
  })
  return { path: file, bytes: () => bytes }
}
