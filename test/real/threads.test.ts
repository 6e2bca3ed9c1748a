// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type RunAppOptions, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { fixtureIn } from './packages.ts'

const API = pathToFileURL(path.join(ROOT, 'dist/index.mjs')).href
const COUNT = 100

const start = ({ env, ...options }: Omit<RunAppOptions, 'fixture'>) =>
  runApp({
    ...options,
    fixture: fixtureIn('threads', 'app.mjs', 'piscina'),
    env: { CORRELATION_TEST_API: API, OTEL_TRACES_EXPORTER: 'none', ...env },
  })

/** What piscina keeps by itself, and what it needs the line for: `metadata` in the task. */
const expected = (id: string | undefined) => ({
  awaited: id,
  'in then': id,
  'in catch': id,
  plain: null,
  before: id,
  after: id,
  'in the thread that failed': id,
})

async function assertNeverMixed(app: App): Promise<void> {
  const ids = Array.from({ length: COUNT }, (_, i) => `request-${i}`)
  const answers = await Promise.all(
    ids.map((id, i) => app.request(`/?ms=${(i * 7) % 13}`, { headers: { 'x-correlation-id': id } })),
  )
  for (const [i, { body }] of answers.entries()) assert.deepEqual(JSON.parse(body), expected(ids[i]))
  // Three tasks of two lines each. A thread that waits for work without an event loop keeps its last lines, with and without us.
  const lines = await app.waitForLogs(5 * COUNT, 60_000)
  for (const { message, own, correlation_id: found } of lines) assert.equal(found, own, String(message))
}

describe('piscina', () => {
  for (const when of ['before', 'at the first request']) {
    for (const atomics of ['sync', 'async', 'disabled']) {
      it(`never mixes IDs with threads started ${when}, atomics ${atomics}: ${COUNT} requests at once`, async (t) => {
        const app = await start({ t, env: { WHEN: when, ATOMICS: atomics } })
        await assertNeverMixed(app)
      })
    }
  }

  // With `sync` a thread has no event loop between two tasks, and what it recorded stays there: see docs/background.md.
  for (const atomics of ['async', 'disabled']) {
    it(`has the spans of its threads in the trace of the request, atomics ${atomics}`, async (t) => {
      await using sink = await startOtlpSink()
      const env = { WHEN: 'before', ATOMICS: atomics, OTEL_TRACES_EXPORTER: 'otlp' }
      const app = await start({ t, sink, env })
      await app.request('/', { headers: { 'x-correlation-id': 'order-1' } })
      const spans = await sink.waitForSpans((all) => all.length === 4 && all.some(({ kind }) => kind === 'SERVER'))
      const server = spans.find(({ kind }) => kind === 'SERVER')
      const tasks = spans.filter(({ name }) => name === 'task')
      assert.equal(tasks.length, 3)
      for (const { parentSpanId, attributes } of tasks) {
        assert.equal(parentSpanId, server?.spanId)
        assert.equal(attributes['correlation.id'], 'order-1')
      }
    })
  }

  it('control: has no ID with correlation turned off', async (t) => {
    const env = { WHEN: 'before', ATOMICS: 'sync', CORRELATION_ENABLED: 'false' }
    const app = await start({ t, env })
    await assert.rejects(assertNeverMixed(app), { code: 'ERR_ASSERTION' })
  })
})
