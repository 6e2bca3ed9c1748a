// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { API, call, idsIn, linesOf, messagesOf, prepare, startApp, startBoth, UUID, VERSIONS } from './bullmq-apps.ts'

const HOSTILE = '"><script>alert(1)</script>'

/** The names that instrumentations for BullMQ ask for a tracer under. */
const INSTRUMENTATIONS = [
  '@appsignal/opentelemetry-instrumentation-bullmq',
  '@jenniferplusplus/opentelemetry-instrumentation-bullmq',
  '@opentelemetry/instrumentation-bullmq',
]

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

    for (const name of INSTRUMENTATIONS) {
      it(`beside ${name}: no spans of ours, and the ID all the same`, async (t) => {
        const { server, sink, worker } = await startBoth(t, version, { TRACER: name })
        await call(server, { args: ['plain', { case: 'beside' }] }, 'id-beside')
        assert.deepEqual(idsIn(await linesOf(worker, 'beside', 3)), ['id-beside'])
        await Promise.all([server.stop(), worker.stop()])
        assert.deepEqual(
          sink.spans.map(({ kind }) => kind),
          ['SERVER'],
        )
      })
    }

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
