// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { markdownTable } from '../support/markdown-table.ts'
import { exchange } from '../support/proxy-exchange.ts'
import { rawRequest } from '../support/raw-request.ts'
import { parseRawResponse, valuesOf } from '../support/raw-response.ts'
import { startRawSink } from '../support/raw-sink.ts'
import { runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { UUID_V4 } from '../support/seen.ts'
import { type RunningProxy, startProxy } from '../support/start-proxy.ts'
import { PROXIES, type ProxyProgram } from './proxies.ts'
import { REFUSED } from './proxy-cases.ts'

/** The table that users read, and the bytes of each of its rows; each has an ID that nobody may take. */
const TABLE = readFileSync(path.join(ROOT, 'examples/proxies/README.md'), 'utf8')
const ROWS = markdownTable(TABLE, 'what the client sends')
const HEADINGS = { nginx: 'nginx', haproxy: 'HAProxy', caddy: 'Caddy', envoy: 'Envoy' } as const

function bytesOf(requestLine: string, ...lines: readonly string[]): string {
  return [requestLine, ...lines, `X-Correlation-ID: <${REFUSED}>`, 'Connection: close', '', ''].join('\r\n')
}

const SENT: Readonly<Record<string, string>> = {
  '`nonsense` for a request line': bytesOf('nonsense'),
  'no `Host`': bytesOf('GET / HTTP/1.1'),
  'two lengths, `1` and `2`': bytesOf('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Content-Length: 2'),
  'a header of 100,000 bytes': bytesOf('GET / HTTP/1.1', 'Host: a', `X-Long: ${'x'.repeat(100_000)}`),
  'the path `/%zz`': bytesOf('GET /%zz HTTP/1.1', 'Host: a'),
}

/** Sends it, and says as the table does what came of it. */
async function observe(running: RunningProxy, bytes: string, passedOn: () => number): Promise<string> {
  const before = { passedOn: passedOn(), lines: running.entries().length }
  const answer = parseRawResponse(await rawRequest(running.port, bytes))
  const ids = valuesOf(answer, 'x-correlation-id')
  // Lines come in order: once that of a later request is there, so is this one's, if there is any.
  await exchange(running, [])
  const lines = running.entries().slice(before.lines, -1)
  const count = passedOn() - before.passedOn - 1
  assert.ok(lines.length <= 1 && count <= 1)
  if (count === 1 || answer.status < 400) {
    assert.equal(lines[0]?.id, ids[0])
    assert.match(ids.join(), UUID_V4)
    return 'passed on'
  }
  if (ids.length > 0) {
    assert.match(ids.join(), UUID_V4)
    assert.equal(lines[0]?.id, ids[0])
    assert.ok(answer.body.includes(`<code>${ids[0]}</code>`), answer.body)
    return `${answer.status}, with an ID`
  }
  assert.ok(!answer.body.includes('<code>'), answer.body)
  if (lines.length === 0) return `${answer.status}, without, no line`
  assert.equal(lines[0]?.id, '')
  assert.equal(lines[0]?.status, answer.status)
  return `${answer.status}, without`
}

describe('what is no request', () => {
  it('is in the table in every form that is sent here', () => {
    assert.deepEqual(ROWS.map((row) => row['what the client sends']).sort(), Object.keys(SENT).sort())
  })

  for (const proxy of PROXIES) {
    it(`is answered by ${proxy.name} as the table says, and its ID taken nowhere`, async () => {
      await using sink = await startRawSink()
      await using running = await startProxy(proxy, { upstreamPort: sink.port })
      for (const row of ROWS) {
        const what = row['what the client sends'] ?? ''
        assert.equal(
          await observe(running, SENT[what] ?? '', () => sink.requests.length),
          row[HEADINGS[proxy.name]],
          what,
        )
        assert.ok(!running.written.includes(REFUSED), running.written)
        assert.ok(!sink.bytes.includes(REFUSED), what)
      }
    })
  }

  for (const [name, what, status] of [
    ['haproxy', 'no `Host`', 400],
    ['caddy', 'a header of 100,000 bytes', 431],
  ] as const) {
    it(`has the ID of ${name} where that passes it on and Node refuses it: ${what}`, async (t) => {
      const app = await runApp({ fixture: 'express5.mjs', env: { OTEL_TRACES_EXPORTER: 'none' }, t })
      const proxy = PROXIES.find((each) => each.name === name) as ProxyProgram
      await using running = await startProxy(proxy, { upstreamPort: app.port })
      const answer = parseRawResponse(await rawRequest(running.port, SENT[what] ?? ''))
      assert.equal(answer.status, status)
      const [id = '', ...others] = valuesOf(answer, 'x-correlation-id')
      assert.match(id, UUID_V4)
      assert.deepEqual(others, [])
      assert.equal((await running.entryOf('/')).id, id)
      assert.deepEqual(app.logs, [])
    })
  }
})
