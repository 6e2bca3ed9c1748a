// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { type Response, request } from '../support/http-request.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type App, type RunAppOptions, runApp } from '../support/run-app.ts'

type Seen = Readonly<Record<string, string | null>>

/** Whatever switches spans off must leave the ID on. */
const MODES: Readonly<Record<string, Pick<RunAppOptions, 'args' | 'env' | 'preload'>>> = {
  'the defaults': {},
  'a CommonJS preload': { preload: 'require' },
  'paths ignored by the application’s own instrumentation': { args: ['ignored'] },
  'tracing suppressed by the application': { args: ['suppressed'] },
  https: { args: ['https'] },
  'an HTTP/2 server that allows HTTP/1': { args: ['http2'] },
  'http not instrumented': { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' } },
  'https not instrumented': { args: ['https'], env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' } },
  'no traces': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'no SDK': { env: { OTEL_SDK_DISABLED: 'true' } },
  'nothing sampled': { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  'another distribution’s telemetry': { env: { CORRELATION_SDK: 'off' } },
}

const OFF = { CORRELATION_ENABLED: 'false' }
const PSK = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  pskCallback: () => ({ psk: Buffer.from('key'), identity: 'test' }),
  checkServerIdentity: () => undefined,
} as const

const start = (options: Omit<RunAppOptions, 'fixture'>) =>
  runApp({ ...options, fixture: 'active/server.mjs', env: { OTEL_TRACES_EXPORTER: 'otlp', ...options.env } })

function post(app: App, isTls: boolean, id: string, agent?: http.Agent, headers = {}): Promise<Response> {
  const all = { 'x-correlation-id': id, ...headers }
  if (!isTls) return app.request('/', { method: 'POST', body: 'a body', headers: all, ...(agent && { agent }) })
  return new Promise((resolve, reject) => {
    const url = `https://127.0.0.1:${app.port}/`
    const outgoing = https.request(url, { ...PSK, method: 'POST', headers: all, agent }, (response) => {
      const { statusCode: status = 0, headers: received, rawHeaders } = response
      text(response).then((body) => resolve({ status, headers: received, rawHeaders, body }), reject)
    })
    outgoing.on('error', reject).end('a body')
  })
}

function assertOwn(body: string, id: string): void {
  const { own, seen } = JSON.parse(body) as { own: string; seen: Seen }
  assert.equal(own, id)
  assert.ok(Object.keys(seen).length > 25, 'places are missing')
  for (const [place, found] of Object.entries(seen)) assert.equal(found, id, place)
}

const agentOf = (isTls: boolean, maxSockets: number) =>
  isTls ? new https.Agent({ ...PSK, keepAlive: true, maxSockets }) : new http.Agent({ keepAlive: true, maxSockets })

async function lateOf(
  app: App,
): Promise<{ late: [string, string, string | null][]; outside: Record<string, unknown[]> }> {
  return JSON.parse((await app.request('/late')).body)
}

async function assertActive(app: App, isTls: boolean): Promise<void> {
  // One connection: each request follows another one on the same socket.
  const agent = agentOf(isTls, 1)
  for (const id of ['one', 'two', 'three']) assertOwn((await post(app, isTls, id, agent)).body, id)
  agent.destroy()
  const crowd = agentOf(isTls, 5)
  const ids = Array.from({ length: 20 }, (_, i) => `crowd-${i}`)
  await Promise.all(ids.map(async (id) => assertOwn((await post(app, isTls, id, crowd)).body, id)))
  crowd.destroy()
}

for (const [mode, options] of Object.entries(MODES)) {
  const isTls = options.args?.some((arg) => arg === 'https' || arg === 'http2') === true
  describe(`the ID is active everywhere with ${mode}`, () => {
    it('in handlers, and nowhere else', async (t) => {
      const app = await start({ ...options, t })
      await assertActive(app, isTls)
      if (isTls) return
      assertOwn((await post(app, isTls, 'expects', undefined, { expect: '100-continue' })).body, 'expects')
      assertOwn((await post(app, isTls, 'hopes', undefined, { expect: 'something' })).body, 'hopes')
      for (const [method, id] of [
        ['GET', 'upgraded'],
        ['CONNECT', 'connected'],
      ] as const) {
        assertOwn(await upgrade(app, method, id), id)
      }
      await abort(app, 'aborted')
      await assertLate(app)
    })

    it('control: the same finds that it is not there', async (t) => {
      const app = await start({ ...options, t, env: { ...options.env, ...OFF } })
      await assert.rejects(assertActive(app, isTls), { code: 'ERR_ASSERTION' })
    })
  })
}

/** Speaks once over an upgraded connection; the answer's head is cut off. */
async function upgrade(app: App, method: string, id: string): Promise<string> {
  const target = method === 'CONNECT' ? 'other:443' : '/'
  const head = `${method} ${target} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\nx-correlation-id: ${id}\r\n\r\n`
  const bytes = await rawRequest(app.port, `${head}hello`)
  return bytes.toString().split('\r\n\r\n')[1] ?? ''
}

/** A client that goes away before the answer. */
async function abort(app: App, id: string): Promise<void> {
  const controller = new AbortController()
  const hanging = http.get(`${app.url}/hang`, { headers: { 'x-correlation-id': id }, signal: controller.signal })
  hanging.on('error', () => {})
  await untilLate(app, 'hanging', id)
  controller.abort()
  await untilLate(app, 'res close', id)
}

/** Asks until it has come; fails after some thousand tries instead of asking forever. */
async function untilLate(app: App, place: string, id: string): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if ((await lateOf(app)).late.some(([at, own]) => at === place && own === id)) return
  }
  assert.fail(`${place} of ${id} did not come`)
}

/** What came behind the answers is of their requests; what is of no request has no ID. */
async function assertLate(app: App): Promise<void> {
  const { late, outside } = await lateOf(app)
  const places = new Set(late.map(([place]) => place))
  const wanted = ['end callback', 'hanging', 'req close', 'res close', 'res finish', 'res prefinish', 'socket close']
  for (const place of wanted) assert.ok(places.has(place), `${place} did not come`)
  for (const [place, own, id] of late) assert.equal(id, own, place)
  for (const [place, ids] of Object.entries(outside)) {
    assert.ok(ids.length > 0)
    for (const id of ids) assert.equal(id, null, place)
  }
  for (const place of ['top level', 'listen callback', 'connection', 'interval']) assert.ok(place in outside, place)
}

describe('a server that a handler creates', () => {
  it('belongs to no request', async (t) => {
    const app = await start({ t })
    const { body } = await app.request('/serve', { headers: { 'x-correlation-id': 'creator' } })
    const { port } = JSON.parse(body) as { port: number }
    const options = { method: 'POST', body: 'a body' }
    const known = await request(`http://127.0.0.1:${port}/`, { ...options, headers: { 'x-correlation-id': 'inner' } })
    assertOwn(known.body, 'inner')
    const unknown = await request(`http://127.0.0.1:${port}/`, options)
    assert.notEqual(unknown.headers['x-correlation-id'], 'creator')
    assertOwn(unknown.body, unknown.headers['x-correlation-id'] as string)
  })
})
