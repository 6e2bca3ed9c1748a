// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { ROOT } from '../support/run-command.ts'
import { startRedis } from '../support/start-redis.ts'
import { call, idsIn, linesOf, messagesOf, startApp, VERSIONS, type Version } from './bullmq-apps.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TRIED_TWICE = ['failed', 'processed', 'processed', 'processing', 'processing', 'completed'].toSorted()
/** What `require('@org/correlation')` finds, where the package is installed. */
const API = path.join(ROOT, 'dist/index.cjs')
const HOSTILE = '"><script>alert(1)</script>'

/** Metadata that somebody else has put into Redis. */
const FOREIGN: Readonly<Record<string, unknown>> = {
  'a hostile header': JSON.stringify({ 'x-correlation-id': HOSTILE }),
  'a hostile baggage entry': JSON.stringify({ baggage: `correlation.id=${encodeURIComponent(HOSTILE)}` }),
  'a long ID': JSON.stringify({ 'x-correlation-id': 'a'.repeat(129) }),
  'no JSON': `{${HOSTILE}`,
  'an array': JSON.stringify([HOSTILE]),
  'a number': '7',
  'nested objects': JSON.stringify({ 'x-correlation-id': { toString: HOSTILE }, baggage: null, traceparent: 7 }),
  'a prototype': '{"__proto__":{"x-correlation-id":"polluted"}}',
}

async function prepare(t: TestContext, version: Version) {
  const sink = await startOtlpSink()
  t.after(() => sink.close())
  return { version, sink, redis: await startRedis(t) }
}

async function startBoth(t: TestContext, version: Version) {
  const app = await prepare(t, version)
  return {
    app,
    sink: app.sink,
    server: await startApp(t, 'server.cjs', app),
    worker: await startApp(t, 'worker.cjs', app),
  }
}

for (const version of VERSIONS) {
  describe(`${version}: what is unusual`, { concurrency: 2 }, () => {
    it('metadata of others is checked: a new ID, and nothing of what was refused', async (t) => {
      const { server, sink, worker } = await startBoth(t, version)
      const jobs = Object.entries(FOREIGN).map(([name, metadata]) => ({
        name: 'plain',
        data: { case: name },
        opts: { telemetry: { metadata } },
      }))
      await call(server, { method: 'addBulk', args: [jobs] }, 'given')
      for (const name of Object.keys(FOREIGN)) {
        const lines = await linesOf(worker, name, 3)
        assert.deepEqual(messagesOf(lines), ['completed', 'processed', 'processing'])
        const [id, ...others] = idsIn(lines)
        assert.deepEqual(others, [])
        assert.match(String(id), UUID, name)
      }
      const consumersOf = (all: readonly SinkSpan[]) => all.filter(({ kind }) => kind === 'CONSUMER')
      const spans = await sink.waitForSpans((all) => consumersOf(all).length === jobs.length)
      const written =
        worker.stdout.join('\n') +
        worker.stderr +
        JSON.stringify(consumersOf(spans).map(({ attributes }) => attributes))
      assert.doesNotMatch(written, /alert|polluted|a{129}/)
    })

    it('a script that adds a job has no ID: the job gets one, for all of its attempts', async (t) => {
      const { app, worker } = await startBoth(t, version)
      const job = ['plain', { case: 'script', failures: 1 }, { attempts: 2 }]
      await startApp(t, 'add-and-end.cjs', { ...app, args: ['add', JSON.stringify(job)] })
      const lines = await linesOf(worker, 'script', TRIED_TWICE.length)
      assert.deepEqual(messagesOf(lines), TRIED_TWICE)
      const [id, ...others] = idsIn(lines)
      assert.deepEqual(others, [])
      assert.match(String(id), UUID)
    })

    it('a job of a process without the preload gets an ID when it is processed', async (t) => {
      const { app, worker } = await startBoth(t, version)
      const job = ['plain', { case: 'foreign' }]
      await startApp(t, 'add-and-end.cjs', { ...app, preload: 'none', args: ['add', JSON.stringify(job)] })
      const lines = await linesOf(worker, 'foreign', 3)
      const [id, ...others] = idsIn(lines)
      assert.deepEqual(others, [])
      assert.match(String(id), UUID)
    })

    it('omitContext: nothing is written, and the worker makes an ID', async (t) => {
      const { server, worker } = await startBoth(t, version)
      const telemetry = { omitContext: true }
      const node = { name: 'plain', queueName: 'jobs', data: { case: 'omitted' }, opts: { telemetry } }
      const calls = [
        { args: ['plain', { case: 'omitted' }, { telemetry }] },
        { method: 'addBulk', args: [[node]] },
        { on: 'flow', args: [node] },
        {
          on: 'flow',
          args: [{ ...node, opts: {} }, { queuesOptions: { jobs: { defaultJobOptions: { telemetry } } } }],
        },
      ] as const
      for (const given of calls) assert.deepEqual((await call(server, given, 'given')).args, given.args)
      const lines = await linesOf(worker, 'omitted', calls.length * 3)
      assert.equal(idsIn(lines).length, calls.length)
      assert.ok(!idsIn(lines).includes('given'))
    })

    it('a job that is added again with the options of another has the ID of who adds it', async (t) => {
      const { server, worker } = await startBoth(t, version)
      const { result } = await call(server, { args: ['plain', { case: 'first' }] }, 'id-first')
      const { opts } = result as { readonly opts: object }
      assert.match(JSON.stringify(opts), /id-first/)
      await call(server, { args: ['plain', { case: 'again' }, opts] }, 'id-again')
      assert.deepEqual(idsIn(await linesOf(worker, 'first', 3)), ['id-first'])
      assert.deepEqual(idsIn(await linesOf(worker, 'again', 3)), ['id-again'])
    })

    it('what hears of a job from Redis takes up its ID by the line of the docs', async (t) => {
      const { app, server } = await startBoth(t, version)
      const hearing = await startApp(t, 'hear-failures.cjs', { ...app, env: { API } })
      await call(server, { args: ['plain', { case: 'heard', failures: 1 }] }, 'id-heard')
      assert.deepEqual(idsIn(await linesOf(hearing, 'heard', 1)), ['id-heard'])
    })

    it('a job that is fetched by hand: the same line', async (t) => {
      const app = await prepare(t, version)
      const server = await startApp(t, 'server.cjs', app)
      await call(server, { args: ['plain', { case: 'fetched' }] }, 'id-fetched')
      const { logs } = await startApp(t, 'fetch-by-hand.cjs', { ...app, env: { API }, args: [] })
      const seen = logs.map((line) => [line['message'], line['correlation_id']])
      assert.deepEqual(seen, [
        ['outside', undefined],
        ['by hand', 'id-fetched'],
      ])
    })

    it('a worker that the first request makes is not that request: its other events have no ID', async (t) => {
      const app = await prepare(t, version)
      const lazy = await startApp(t, 'lazy-worker.cjs', { ...app, env: { EVENTS: 'all' } })
      const adding = await startApp(t, 'server.cjs', app)
      await lazy.request('/', { headers: { 'x-correlation-id': 'maker' } })
      await call(adding, { args: ['plain', { case: 'late' }] }, 'id-late')
      const logs = await lazy.waitForLogs((all) => all.some((line) => line['message'] === 'heard of completed'))
      assert.deepEqual(idsIn(logs.filter((line) => line['case'] === 'late')), ['id-late'])
      const between = logs.filter((line) => line['message'] === 'drained' || line['heard'] !== undefined)
      assert.deepEqual(idsIn(between), [undefined])
    })
  })
}
