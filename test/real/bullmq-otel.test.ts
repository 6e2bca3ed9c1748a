// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
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

const TELEMETRY = { TELEMETRY: 'bullmq-otel' }
const THEIRS = 'theirs'
const OURS = '@org/correlation/bullmq'

interface Beside {
  readonly server: Readonly<Record<string, string>>
  readonly worker: Readonly<Record<string, string>>
}

/** Who gives the application's own telemetry to BullMQ. */
const BESIDE: Readonly<Record<string, Beside>> = {
  both: { server: TELEMETRY, worker: TELEMETRY },
  'the queue alone': { server: TELEMETRY, worker: {} },
  'the worker alone': { server: {}, worker: TELEMETRY },
}

const data = (name: string) => ({ case: name, failures: 1 })
const opts = { attempts: 2 }

interface Added {
  readonly add: (name: string) => Call
  readonly jobs: number
}

const CALLS: Readonly<Record<string, Added>> = {
  add: { add: (name) => ({ args: ['plain', data(name), opts] }), jobs: 1 },
  addBulk: {
    add: (name) => ({
      method: 'addBulk',
      args: [
        [
          { name: 'a', data: data(name), opts },
          { name: 'b', data: data(name), opts },
        ],
      ],
    }),
    jobs: 2,
  },
  flow: {
    add: (name) => ({
      on: 'flow',
      // Where a job has no options, BullMQ's own telemetry writes nothing.
      args: [
        {
          name: 'parent',
          queueName: 'jobs',
          data: data(name),
          opts,
          children: [{ name: 'c', queueName: 'jobs', data: { case: name } }],
        },
      ],
    }),
    jobs: 2,
  },
}

for (const version of VERSIONS) {
  describe(`${version}: beside bullmq-otel`, { concurrency: 2 }, () => {
    for (const [who, { server: serverEnv, worker: workerEnv }] of Object.entries(BESIDE)) {
      for (const tracing of [{}, { OTEL_TRACES_SAMPLER: 'always_off' }, { OTEL_TRACES_EXPORTER: 'none' }]) {
        const mode = Object.values(tracing)[0] ?? 'sampled'
        it(`in ${who}, ${mode}: the ID of the request in each attempt, and one span for each step`, async (t) => {
          await using sink = await startOtlpSink()
          const app = { version, sink, redis: await startRedis(t) }
          const server = await startApp(t, 'server.cjs', { ...app, env: { ...tracing, ...serverEnv } })
          const worker = await startApp(t, 'worker.cjs', { ...app, env: { ...tracing, ...workerEnv, EVENTS: 'all' } })
          for (const [name, { add, jobs }] of Object.entries(CALLS)) {
            const given = add(name)
            assert.deepEqual((await call(server, given, `id-${name}`)).args, given.args)
            const expected = Array.from({ length: jobs }, (_, job) => [
              ...['active', 'processing', 'processed', 'completed'],
              ...(name === 'flow' && job === 1 ? [] : ['active', 'processing', 'processed', 'failed']),
            ]).flat()
            const lines = await linesOf(worker, name, expected.length)
            assert.deepEqual(messagesOf(lines), expected.toSorted())
            assert.deepEqual(idsIn(lines), [`id-${name}`])
            if (mode !== 'sampled') continue

            const attempts = expected.filter((message) => message === 'processing').length
            const { producers, consumers } = await spansOf(sink, `id-${name}`, attempts)
            assert.equal(consumers.length, attempts)
            const scopes = (spans: typeof producers) => [...new Set(spans.map(({ scope }) => scope.name))]
            assert.deepEqual(scopes(producers), [serverEnv === TELEMETRY ? THEIRS : OURS])
            assert.deepEqual(scopes(consumers), [workerEnv === TELEMETRY ? THEIRS : OURS])
            for (const span of consumers) {
              // Theirs are children, in the trace of whoever added the job.
              if (workerEnv === TELEMETRY) assert.ok(producers.some(({ spanId }) => spanId === span.parentSpanId))
              else assert.ok(producers.some((producer) => placeOf(producer) === linkedFrom(span)[0]))
            }
          }
          if (mode !== 'sampled')
            assert.deepEqual(
              sink.spans.filter(({ kind }) => kind === 'PRODUCER'),
              [],
            )
        })
      }

      it(`in ${who}: what is added outside of a request has one ID, and each run of a scheduler one of its own`, async (t) => {
        await using sink = await startOtlpSink()
        const app = { version, sink, redis: await startRedis(t) }
        const worker = await startApp(t, 'worker.cjs', { ...app, env: workerEnv })
        const scripts = {
          script: ['add', ['plain', data('script'), opts]],
          runs: ['upsertJobScheduler', ['s', { every: 300, limit: 2 }, { name: 'run', data: data('runs'), opts }]],
        } as const
        for (const [name, [method, args]] of Object.entries(scripts)) {
          const env = serverEnv
          await startApp(t, 'add-and-end.cjs', { ...app, env, args: [method, JSON.stringify(args)] })
          const runs = name === 'runs' ? 2 : 1
          const lines = await linesOf(worker, name, runs * 6)
          const byJob = [...Map.groupBy(lines, (line) => line['job']).values()]
          assert.deepEqual(
            byJob.map((of) => idsIn(of).length),
            Array(runs).fill(1),
          )
          assert.equal(new Set(idsIn(lines)).size, runs)
          assert.ok(!idsIn(lines).includes(undefined))
        }
      })
    }
  })
}
