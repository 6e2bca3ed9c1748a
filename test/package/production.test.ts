// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { codeLines } from '../support/markdown.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { rawRequest } from '../support/raw-request.ts'
import { startRawSink } from '../support/raw-sink.ts'
import { type RunAppOptions, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'

const PAGE = readFileSync(path.join(ROOT, 'docs/production.md'), 'utf8')
/** What the page sets at first. */
const QUIET = Object.fromEntries(codeLines(PAGE, 'sh').map((line) => line.split('=', 2) as [string, string]))
const INCOMING = [
  'x-correlation-id: an-id',
  'baggage: tenant=a',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
].map((line) => `${line}\r\n`)
/** What is sent; the last two with an ID that is none, and without one. */
const REQUESTS = ['/', '/throw', '/missing', '/call?url=', '/fetch?url='].map((url) => ({
  url,
  head: INCOMING.join(''),
}))
REQUESTS.push({ url: '/', head: 'x-correlation-id: an id\r\n' }, { url: '/', head: '' })

/** Everything that an app lets out when it is asked: answers, log lines, calls; but for the time. */
async function seen(
  t: TestContext,
  options: Pick<RunAppOptions, 'preload' | 'env' | 'sink'>,
): Promise<readonly string[]> {
  const target = await startRawSink()
  t.after(() => target.close())
  const env = { NODE_ENV: 'production', ...options.env }
  const app = await runApp({ fixture: 'express5.mjs', t, ...options, env })
  const answers: string[] = []
  for (const { url, head } of REQUESTS) {
    const whole = url.endsWith('=') ? `${url}${encodeURIComponent(`${target.url}/`)}` : url
    answers.push(
      String(await rawRequest(app.port, `GET ${whole} HTTP/1.1\r\nHost: app\r\nConnection: close\r\n${head}\r\n`)),
    )
  }
  await app.stop()
  return [...answers, ...app.logs.map((line) => JSON.stringify(line)), String(target.bytes)].map((text) =>
    text.replace(/^Date: .*$/gim, 'Date').replaceAll(String(target.port), '<port>'),
  )
}

describe('the first step of the roll-out', () => {
  it('counts, and changes nothing else: answers, lines and calls are those of the app without the preload', async (t) => {
    assert.ok(Object.keys(QUIET).length > 5)
    await using sink = await startOtlpSink()
    const without = await seen(t, { preload: 'none' })
    const quiet = await seen(t, { preload: 'import', sink, env: QUIET })
    assert.deepEqual(quiet, without)
    const counted = sink.metrics.findLast(({ name }) => name === 'correlation.requests')
    assert.deepEqual(
      Object.fromEntries(
        counted?.points.map(({ attributes, value }) => [attributes['correlation.reason'], value]) ?? [],
      ),
      { none: REQUESTS.length - 2, malformed: 1, missing: 1 },
    )
    assert.ok(counted?.resource['service.instance.id'], 'one process is one instance')
    assert.deepEqual(new Set(sink.requests.map((request) => request.path)), new Set(['/v1/metrics']))
  })

  for (const name of Object.keys(QUIET).filter((each) => /^(?:CORRELATION|OTEL_PROPAGATORS)/.test(each))) {
    it(`needs ${name} for it`, async (t) => {
      await using sink = await startOtlpSink()
      const { [name]: _, ...rest } = QUIET
      assert.notDeepEqual(await seen(t, { preload: 'import', sink, env: rest }), await seen(t, { preload: 'none' }))
    })
  }
})
