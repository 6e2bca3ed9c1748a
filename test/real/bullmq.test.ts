// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import type { App } from '../support/run-app.ts'
import { startRedis } from '../support/start-redis.ts'
import {
  type Call,
  call,
  idsIn,
  linesOf,
  linkedFrom,
  messagesOf,
  placeOf,
  spansOf,
  startApp,
  VERSIONS,
} from './bullmq-apps.ts'

type Data = Readonly<Record<string, unknown>>

interface Case {
  readonly add: (data: Data) => Call
  /** How each attempt of each job ends. */
  readonly attempts: readonly ('completed' | 'failed')[]
  /** What is logged beside that. */
  readonly more?: readonly string[]
}

const node = (data: Data, more: object = {}) => ({ name: 'plain', queueName: 'jobs', data, ...more })
const flow = (data: Data) =>
  node(data, { children: [node(data), node(data, { opts: { attempts: 2 } }), node(data, { children: [node(data)] })] })

const CASES: Readonly<Record<string, Case>> = {
  add: { add: (data) => ({ args: ['plain', data] }), attempts: ['completed'] },
  'add, with options': {
    add: (data) => ({ args: ['plain', data, { priority: 2, lifo: true, jobId: 'one-of-its-own' }] }),
    attempts: ['completed'],
  },
  'a delayed job': { add: (data) => ({ args: ['plain', data, { delay: 200 }] }), attempts: ['completed'] },
  addBulk: {
    add: (data) => ({
      method: 'addBulk',
      args: [
        [
          { name: 'a', data },
          { name: 'b', data, opts: { delay: 50 } },
          { name: 'c', data, opts: {} },
        ],
      ],
    }),
    attempts: ['completed', 'completed', 'completed'],
  },
  'a job that is tried again': {
    add: (data) => ({ args: ['plain', { ...data, failures: 2 }, { attempts: 3 }] }),
    attempts: ['failed', 'failed', 'completed'],
  },
  'a job that is tried again later': {
    add: (data) => ({ args: ['plain', { ...data, failures: 1 }, { attempts: 2, backoff: 50 }] }),
    attempts: ['failed', 'completed'],
  },
  'a job that fails': { add: (data) => ({ args: ['plain', { ...data, failures: 1 }] }), attempts: ['failed'] },
  'a job with progress': {
    add: (data) => ({ args: ['plain', { ...data, hasProgress: true }] }),
    attempts: ['completed'],
    more: ['progress'],
  },
  'a flow': {
    add: (data) => ({ on: 'flow', args: [flow(data)] }),
    attempts: ['completed', 'completed', 'completed', 'completed', 'completed'],
  },
  'several flows': {
    add: (data) => ({ on: 'flow', method: 'addBulk', args: [[node(data), flow(data)]] }),
    attempts: ['completed', 'completed', 'completed', 'completed', 'completed', 'completed'],
  },
}

for (const version of VERSIONS) {
  for (const format of ['cjs', 'mjs'] as const) {
    describe(`${version}, ${format === 'cjs' ? 'CommonJS' : 'ES modules'}`, () => {
      const lifetime = createLifetime()
      let sink: OtlpSink
      let server: App
      let worker: App
      before(async () => {
        sink = await startOtlpSink()
        lifetime.after(() => sink.close())
        const app = { version, sink, redis: await startRedis(lifetime) }
        server = await startApp(lifetime, `server.${format}`, app)
        worker = await startApp(lifetime, `worker.${format}`, { ...app, env: { EVENTS: 'all' } })
      })
      after(() => lifetime.end())

      for (const [name, { add, attempts, more = [] }] of Object.entries(CASES)) {
        it(`${name}: the ID of the request, and a trace for each attempt, linked to it`, async () => {
          const given = add({ case: name })
          const id = `id-${Object.keys(CASES).indexOf(name)}`
          const { args } = await call(server, given, id)
          assert.deepEqual(args, given.args, 'the arguments of the application were changed')

          const expected = [...attempts.flatMap((end) => ['active', 'processing', 'processed', end]), ...more]
          const lines = await linesOf(worker, name, expected.length)
          assert.deepEqual(messagesOf(lines), expected.toSorted())
          assert.deepEqual(idsIn(lines), [id])

          const { server: requests, producers, consumers } = await spansOf(sink, id, attempts.length)
          const [request] = requests
          const [producer] = producers
          assert.ok(request && producer)
          assert.deepEqual([requests.length, producers.length, consumers.length], [1, 1, attempts.length])
          assert.equal(producer.parentSpanId, request.spanId)
          assert.equal(producer.traceId, request.traceId)
          assert.equal(producer.attributes['messaging.operation.type'], 'send')
          for (const span of consumers) {
            assert.equal(span.parentSpanId, undefined)
            assert.deepEqual(linkedFrom(span), [placeOf(producer)])
            assert.equal(span.name, 'process jobs')
            assert.equal(span.attributes['messaging.system'], 'bullmq')
            assert.ok(span.attributes['messaging.message.id'])
          }
          const traces = new Set([request, ...consumers].map(({ traceId }) => traceId))
          assert.equal(traces.size, 1 + attempts.length, 'each attempt has a trace of its own')
          assert.deepEqual(
            consumers.map(({ status }) => (status.code === 'ERROR' ? 'failed' : 'completed')).toSorted(),
            attempts.toSorted(),
          )
          for (const line of lines.filter((one) => one['message'] === 'processed'))
            assert.ok(consumers.some((span) => placeOf(span) === `${line['trace_id']}/${line['span_id']}`))
        })
      }

      it('what the worker does between two jobs, and QueueEvents, are no job', async () => {
        const logs = await worker.waitForLogs((all) => all.some((line) => line['message'] === 'heard of completed'))
        const between = logs.filter((line) => line['case'] === undefined)
        assert.deepEqual([...new Set(messagesOf(between))], ['drained', 'heard of completed'])
        assert.deepEqual(idsIn(between), [undefined])
      })
    })
  }
}
