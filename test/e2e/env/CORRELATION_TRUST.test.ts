// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

/** Where the fixture listens, which address the request goes to, and who is trusted. */
const CASES: readonly (readonly [value: string, listens: string, connects: string, isTrusted: boolean])[] = [
  ['all', '127.0.0.1', '127.0.0.1', true],
  ['none', '127.0.0.1', '127.0.0.1', false],
  ['loopback', '127.0.0.1', '127.0.0.1', true],
  ['internal', '127.0.0.1', '127.0.0.1', true],
  ['127.0.0.0/8', '127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.1', '127.0.0.1', true],
  ['10.0.0.0/8', '127.0.0.1', '127.0.0.1', false],
  ['127.0.0.2/32', '127.0.0.1', '127.0.0.1', false],
  ['10.0.0.0/8, loopback', '127.0.0.1', '127.0.0.1', true],
  // A server on `::` sees IPv4 peers as ::ffff:127.0.0.1.
  ['127.0.0.1', '::', '127.0.0.1', true],
  ['10.0.0.0/8', '::', '127.0.0.1', false],
  ['::1', '::', '[::1]', true],
  ['127.0.0.0/8', '::', '[::1]', false],
]

describe('CORRELATION_TRUST', () => {
  for (const [value, listens, connects, isTrusted] of CASES) {
    it(`${value}: a peer at ${connects} of a server on ${listens} is ${isTrusted ? '' : 'not '}trusted`, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', args: [listens], env: { CORRELATION_TRUST: value }, t })
      const url = `http://${connects}:${app.port}`
      for (const lines of [
        ['X-Correlation-ID', 'a-1'],
        ['X-Request-ID', 'a-1'],
        ['baggage', 'correlation.id=a-1'],
      ]) {
        const id = assertOneId(await askSeen({ url }, lines))
        if (isTrusted) assert.equal(id, 'a-1')
        else assert.match(id, UUID_V4)
      }
    })
  }

  for (const [value, isTrusted] of [
    ['10.0.0.0/8', true],
    ['none', false],
  ] as const) {
    it(`${value}: a Unix socket is ${isTrusted ? '' : 'not '}trusted`, async (t) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'correlation-'))
      t.after(() => rm(folder, { recursive: true }))
      const socketPath = path.join(folder, 'app.sock')
      await runApp({ fixture: 'seen.mjs', args: [socketPath], env: { CORRELATION_TRUST: value }, t })
      const body = await new Promise<string>((resolve, reject) => {
        const options = { socketPath, path: '/', agent: false, headers: { 'x-correlation-id': 'a-1' } }
        http.get(options, (response) => text(response).then(resolve, reject)).on('error', reject)
      })
      const { id } = JSON.parse(body) as { id: string }
      assert.equal(id === 'a-1', isTrusted, id)
    })
  }

  it('keeps a stranger’s ID apart on the server span, and shows it nowhere else', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'express5.mjs', sink, env: { CORRELATION_TRUST: 'none' }, t })
    const response = await app.request('/', { headers: { 'x-correlation-id': 'strange-1' } })
    const id = response.headers['x-correlation-id'] as string
    assert.match(id, UUID_V4)
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.attributes['correlation.id'], id)
    assert.equal(span?.attributes['correlation.reason'], 'untrusted')
    assert.equal(span?.attributes['correlation.received_id'], 'strange-1')
    assert.ok(!(await app.waitForLogs(2)).some((line) => JSON.stringify(line).includes('strange-1')))
    assert.ok(!JSON.stringify([response.rawHeaders, response.body]).includes('strange-1'))
  })
})
