// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { request } from '../support/http-request.ts'
import { exchange, newUri } from '../support/proxy-exchange.ts'
import { rawRequest } from '../support/raw-request.ts'
import { parseRawResponse, valuesOf } from '../support/raw-response.ts'
import { runApp } from '../support/run-app.ts'
import { type RunningProxy, startProxy } from '../support/start-proxy.ts'
import { PROXIES, type ProxyProgram } from './proxies.ts'

const NGINX = PROXIES.find(({ name }) => name === 'nginx') as ProxyProgram
const ROUNDS = 5

/** An app that counts the connections it gets. */
async function startCounting(t: TestContext): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0
  const server = http.createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  server.on('connection', () => connections++)
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

const idsOf = async (running: RunningProxy, bytes: string) =>
  valuesOf(parseRawResponse(await rawRequest(running.port, bytes)), 'x-correlation-id').length

const HEALTH = 'GET /nginx-health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const HIDDEN = 'GET /.git HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const NONSENSE = 'nonsense\r\n\r\n'

type Change = (text: string) => string

/** A part of the file: how the file is without it, and what is seen with it and without. */
const TRAPS: readonly {
  readonly title: string
  readonly without: Change
  readonly look: (running: RunningProxy, app: { readonly connections: () => number }) => Promise<unknown>
  readonly seen: readonly [withIt: unknown, without: unknown]
}[] = [
  {
    title: '`always` puts the ID on errors',
    without: (text) => text.replace('$correlation_id always;\n\n    # nginx', '$correlation_id;\n\n    # nginx'),
    look: (running) => idsOf(running, HIDDEN),
    seen: [1, 0],
  },
  {
    title: 'a location with an add_header of its own repeats the ID',
    without: (text) => text.replace(/(no-store always;\n) *add_header X-Correlation-ID .*\n/, '$1'),
    look: (running) => idsOf(running, HEALTH),
    seen: [1, 0],
  },
  {
    title: 'an empty `Connection` keeps connections to the app open',
    without: (text) => text.replace('proxy_set_header Connection "";', ''),
    look: async (running, app) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      for (let round = 0; round < ROUNDS; round++) await request(`http://127.0.0.1:${running.port}/`, { agent })
      agent.destroy()
      return app.connections()
    },
    seen: [1, ROUNDS],
  },
  {
    title: 'an error page that is no named location leaves 400 what it is',
    without: (text) =>
      text
        .replace('507 /nginx-error;', '507 @failed;')
        .replace(/location = \/nginx-error \{\n *internal;/, 'location @failed {'),
    look: async (running) => parseRawResponse(await rawRequest(running.port, NONSENSE)).status,
    seen: [400, 500],
  },
  {
    title: 'the method in the log is that of the request, also beside an error page',
    without: (text) => text.replace('"method":"$method"', '"method":"$request_method"'),
    look: async (running) => {
      const uri = newUri('/.git')
      await request(`http://127.0.0.1:${running.port}${uri}`, { method: 'POST', body: 'x' })
      return (await running.entryOf(uri)).method
    },
    seen: ['POST', 'GET'],
  },
]

describe('nginx.conf', () => {
  for (const { title, without, look, seen } of TRAPS) {
    it(`${title}; taken out, it is missed`, async (t) => {
      const changes: readonly Change[] = [(text) => text, without]
      for (const [index, change] of changes.entries()) {
        const app = await startCounting(t)
        await using running = await startProxy(NGINX, { upstreamPort: app.port, change })
        assert.equal(await look(running, app), seen[index])
      }
    })
  }

  it('answers the health check itself, and does not log it', async (t) => {
    const app = await startCounting(t)
    await using running = await startProxy(NGINX, { upstreamPort: app.port })
    const { status, body, headers } = parseRawResponse(await rawRequest(running.port, HEALTH))
    assert.equal(status, 200)
    assert.equal(body, 'ok\n')
    assert.deepEqual(valuesOf({ headers }, 'cache-control'), ['no-store'])
    assert.deepEqual(valuesOf({ headers }, 'server'), ['nginx'])
    await exchange(running, [])
    assert.equal(running.entries().length, 1)
  })

  it('gives the app a host where the client named none, as HTTP/1.0 allows', async (t) => {
    const app = await runApp({ fixture: 'express5.mjs', env: { OTEL_TRACES_EXPORTER: 'none' }, t })
    await using running = await startProxy(NGINX, { upstreamPort: app.port })
    const { status } = parseRawResponse(await rawRequest(running.port, 'GET / HTTP/1.0\r\n\r\n'))
    assert.equal(status, 200)
  })

  it('logs what can be read as JSON, whatever the request line is', async (t) => {
    const app = await startCounting(t)
    await using running = await startProxy(NGINX, { upstreamPort: app.port })
    for (const line of [
      'GET /"},{" HTTP/1.1',
      'GET /\\u0000\\ HTTP/1.1',
      'GET /\xff\xfe HTTP/1.1',
      'GET /nine',
      '"',
      '\x16\x03\x01',
    ]) {
      await rawRequest(running.port, `${line}\r\nHost: a\r\nConnection: close\r\n\r\n`)
    }
    await exchange(running, [])
    assert.equal(running.entries().length, 7)
    for (const { status } of running.entries()) assert.ok(Number.isInteger(status))
  })
})
