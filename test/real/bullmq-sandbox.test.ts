// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startRedis } from '../support/start-redis.ts'
import { call, idsIn, linesOf, messagesOf, PATIENCE_MS, placeOf, spansOf, startApp, VERSIONS } from './bullmq-apps.ts'

const KINDS = {
  'a child process': { workerOptions: { concurrency: 1 }, isThread: false },
  'a worker thread': { workerOptions: { concurrency: 1, useWorkerThreads: true }, isThread: true },
} as const

describe('a sandboxed processor', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    for (const [kind, { workerOptions, isThread }] of Object.entries(KINDS)) {
      for (const format of ['cjs', 'mjs']) {
        it(`${version}, ${kind}, ${format}: runs under the ID of its job, and inside its span`, async (t) => {
          await using sink = await startOtlpSink()
          const app = { version, sink, redis: await startRedis(t) }
          const server = await startApp(t, 'server.cjs', app)
          const env = {
            PROCESSOR: `process-job.${format}`,
            WORKER_OPTIONS: JSON.stringify(workerOptions),
            EVENTS: 'all',
          }
          const worker = await startApp(t, 'worker.cjs', { ...app, env })

          // One after the other, by the same child.
          for (const name of ['first', 'second']) {
            const data = { case: name, failures: 1, hasProgress: true, url: `${server.url}/seen?case=${name}` }
            await call(server, { args: ['plain', data, { attempts: 2 }] }, `id-${name}`)
            const attempt = ['active', 'processing', 'progress', 'processed']
            const expected = [...attempt, 'failed', ...attempt, 'completed']
            const lines = await linesOf(worker, name, expected.length)
            assert.deepEqual(messagesOf(lines), expected.toSorted())
            assert.deepEqual(idsIn(lines), [`id-${name}`])

            const inside = lines.filter((line) => line['message'] === 'processed')
            for (const line of inside) {
              assert.equal(line['isMainThread'], !isThread)
              assert.equal(line['pid'] === worker.pid, isThread)
              assert.ok(!(line['keys'] as string[]).includes('@org/correlation'), 'the processor sees our field')
            }
            const { consumers } = await spansOf(sink, `id-${name}`, 2)
            assert.equal(consumers.length, 2)
            assert.deepEqual(
              inside.map((line) => `${line['trace_id']}/${line['span_id']}`).toSorted(),
              consumers.map(placeOf).toSorted(),
            )
            // The listener of the worker, by a message of the child.
            for (const line of lines.filter((one) => one['message'] === 'progress')) {
              const same = inside.find((one) => one['attempt'] === line['attempt'])
              assert.equal(line['trace_id'], same?.['trace_id'])
            }
            // What the processor called, in the child.
            const called = await linesOf(server, name, 2)
            assert.deepEqual(idsIn(called), [`id-${name}`])
            const spans = await sink.waitForSpans(
              (all) => all.filter(({ kind: is, name: of }) => is === 'CLIENT' && of === 'GET').length >= 2,
              PATIENCE_MS,
            )
            for (const span of spans.filter(
              ({ kind: is, attributes }) => is === 'CLIENT' && attributes['correlation.id'] === `id-${name}`,
            ))
              assert.ok(
                consumers.some(({ spanId, traceId }) => span.parentSpanId === spanId && span.traceId === traceId),
              )
          }
        })
      }
    }
  }
})
