// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type Preload, type RunAppOptions, runApp } from '../support/run-app.ts'

type Line = Readonly<Record<string, unknown>>

const REQUESTS = 40
const LINES = 8000
const DEADLINE_MS = 30_000

/** What came out of each of the three transports. */
interface Written {
  readonly slow: readonly Line[]
  readonly file: readonly Line[]
  readonly http: readonly Line[]
}

async function logInBursts(
  t: TestContext,
  mode: string | undefined,
  preload: Preload | undefined,
  options: Partial<RunAppOptions> = {},
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'backpressure-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'app.log')
  const received: Line[] = []
  const server = createServer(async (req, res) => {
    received.push(...((await json(req)) as Line[]))
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close().closeAllConnections())
  const args = [file, String((server.address() as AddressInfo).port), ...(mode === undefined ? [] : [mode])]
  const app = await runApp({
    fixture: 'backpressure.cjs',
    args,
    ...(preload === undefined ? {} : { preload }),
    t,
    ...options,
    env: { OTEL_TRACES_EXPORTER: 'none', ...options.env },
  })
  const ids = Array.from({ length: REQUESTS }, (_, i) => `request-${i}`)
  await Promise.all(ids.map((id) => app.request('/burst', { headers: { 'x-correlation-id': id } })))
  const total = Number((await app.request('/total')).body)
  await app.waitForLogs(total, DEADLINE_MS)
  const lines = () => readFileSync(file, 'utf8').split('\n').filter(Boolean)
  for (const end = Date.now() + DEADLINE_MS; lines().length < total || received.length < total; await sleep(20)) {
    assert.ok(Date.now() < end, `${total} lines, but ${lines().length} in the file, ${received.length} over HTTP`)
  }
  return { slow: app.logs, file: lines().map((line) => JSON.parse(line) as Line), http: received } satisfies Written
}

/** How many lines have a wrong ID in the field, none though they should, or one though they should not. */
function violations(lines: readonly Line[], field: string) {
  const inside = lines.filter((line) => line['message'] === 'inside')
  const outside = lines.filter((line) => line['message'] === 'outside')
  assert.equal(inside.length, LINES)
  assert.ok(outside.length > 0, 'no line outside of requests')
  return {
    wrong: inside.filter((line) => field in line && line[field] !== line['expected']).length,
    missing: inside.filter((line) => !(field in line)).length,
    present: outside.filter((line) => field in line).length,
  }
}

describe(`${LINES} lines in bursts, through each of three transports that apply backpressure`, () => {
  for (const [title, mode, preload] of [
    ['with the preload', undefined, undefined],
    ['with the preload and correlationFormat()', 'format', undefined],
    ['with correlationFormat() alone', 'alone', 'none'],
  ] as const) {
    it(`all have their own request's ID ${title}`, async (t) => {
      const written = await logInBursts(t, mode, preload)
      for (const [transport, lines] of Object.entries(written)) {
        assert.deepEqual(violations(lines, 'correlation_id'), { wrong: 0, missing: 0, present: 0 }, transport)
        // In the same run, a format that reads the active context is wrong: so this test can fail.
        const { wrong, missing } = violations(lines, 'pulled')
        assert.ok(wrong + missing > LINES / 10, `${transport}: only ${wrong + missing} of the pulled IDs are wrong`)
      }
    })
  }

  it('have none with the winston instrumentation disabled', async (t) => {
    const { file } = await logInBursts(t, undefined, undefined, {
      env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'winston' },
    })
    assert.deepEqual(violations(file, 'correlation_id'), { wrong: 0, missing: LINES, present: 0 })
  })

  it('reach the collector with their own ID and trace as well', async (t) => {
    await using sink = await startOtlpSink()
    const env = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BLRP_SCHEDULE_DELAY: '20',
      OTEL_BLRP_MAX_QUEUE_SIZE: '100000',
    }
    const { slow } = await logInBursts(t, undefined, undefined, { sink, env })
    const inside = (
      await sink.waitForLogs((logs) => logs.filter(({ body }) => body === 'inside').length >= 3 * LINES, DEADLINE_MS)
    ).filter(({ body }) => body === 'inside')
    assert.equal(inside.length, 3 * LINES)
    const traceOf = new Map(slow.map((line) => [line['expected'], line['trace_id']]))
    const wrong = inside.filter(
      ({ attributes, traceId }) =>
        attributes['correlation.id'] !== attributes['expected'] || traceId !== traceOf.get(attributes['expected']),
    )
    assert.equal(wrong.length, 0)
    const outside = sink.logs.filter(({ body }) => body === 'outside')
    assert.ok(outside.length > 0)
    assert.equal(
      outside.filter(({ attributes, traceId }) => 'correlation.id' in attributes || traceId !== undefined).length,
      0,
    )
  })
})
