// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { markdownTable } from '../support/markdown-table.ts'
import { exchange, requestBytes } from '../support/proxy-exchange.ts'
import { rawRequest } from '../support/raw-request.ts'
import { parseRawResponse, valuesOf } from '../support/raw-response.ts'
import { startRawSink } from '../support/raw-sink.ts'
import { runApp } from '../support/run-app.ts'
import { ROOT, runCommand } from '../support/run-command.ts'
import { UUID_V4 } from '../support/seen.ts'
import { startProxy } from '../support/start-proxy.ts'
import { programPath } from './programs.ts'
import { PROXIES, type ProxyProgram } from './proxies.ts'

/** The table that users read, and what each of its rows sends. */
const README = 'examples/proxies/README.md'
const ROWS = markdownTable(readFileSync(path.join(ROOT, README), 'utf8'), 'what comes in')
const SENT: Readonly<Record<string, readonly string[]>> = {
  'two lines, `a-1` and `b-2`': ['X-Correlation-ID: a-1', 'X-Correlation-ID: b-2'],
  'two lines, both `a-1`': ['X-Correlation-ID: a-1', 'x-correlation-id: a-1'],
  'two lines, `<x>` and `b-2`': ['X-Correlation-ID: <x>', 'X-Correlation-ID: b-2'],
  'two lines, `a-1` and an empty one': ['X-Correlation-ID: a-1', 'X-Correlation-ID:'],
  'one line, `a-1, b-2`': ['X-Correlation-ID: a-1, b-2'],
  'one line, `a-1, a-1`': ['X-Correlation-ID: a-1, a-1'],
}
const POLICIES = ['first', 'last', 'regenerate', 'reject']

/** As the table writes it: the ID, `new` or `400`. */
function cell(status: number, id: string): string {
  if (status === 400) return '400'
  return UUID_V4.test(id) ? 'new' : `\`${id}\``
}

/** The table's column for the program that is installed. */
function columnOf({ name }: ProxyProgram): string {
  const headings: Readonly<Record<string, string>> = { haproxy: 'HAProxy', caddy: 'Caddy', envoy: 'Envoy' }
  const heading = headings[name]
  if (heading !== undefined) return heading
  const { stderr } = runCommand(programPath('nginx'), ['-v'])
  const [, minor] = /nginx\/1\.(\d+)\./.exec(stderr) ?? []
  assert.ok(minor !== undefined, stderr)
  return Number(minor) < 23 ? 'nginx to 1.22' : 'nginx from 1.23'
}

describe('a header that is repeated', () => {
  it('is in the table in every form that is sent here', () => {
    assert.deepEqual(ROWS.map((row) => row['what comes in']).sort(), Object.keys(SENT).sort())
  })

  for (const proxy of PROXIES) {
    it(`becomes with ${proxy.name} what the table says, and one for the app`, async () => {
      const column = columnOf(proxy)
      await using sink = await startRawSink()
      await using running = await startProxy(proxy, { upstreamPort: sink.port })
      for (const row of ROWS) {
        const what = row['what comes in'] ?? ''
        const answer = await exchange(running, SENT[what] ?? [])
        const [id = ''] = valuesOf(answer, 'x-correlation-id')
        assert.equal(cell(answer.status, id), row[column], what)
        const got = sink.requests.at(-1)?.head.match(/^x-correlation-id:.*$/gim) ?? []
        assert.deepEqual(
          got.map((line) => line.slice(17).trim()),
          [id],
          what,
        )
        assert.equal(answer.entry.id, id)
      }
    })
  }

  for (const policy of POLICIES) {
    it(`becomes with CORRELATION_ON_CONFLICT=${policy} what the table says`, async (t) => {
      const env = { OTEL_TRACES_EXPORTER: 'none', CORRELATION_ON_CONFLICT: policy }
      const app = await runApp({ fixture: 'express5.mjs', env, t })
      for (const row of ROWS) {
        const what = row['what comes in'] ?? ''
        const answer = parseRawResponse(await rawRequest(app.port, requestBytes('/', SENT[what])))
        const [id = ''] = valuesOf(answer, 'x-correlation-id')
        assert.equal(cell(answer.status, id), row[`Node, \`${policy}\``], what)
      }
    })
  }
})
