// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { LogLine } from '../support/run-app.ts'
import { startRedis } from '../support/start-redis.ts'
import { type Call, call, linesOf, linkedFrom, placeOf, spansOf, startApp, UUID, type Version } from './bullmq-apps.ts'

const RUNS = 3
/** Each run fails once. */
const DATA = { case: 'runs', failures: 1 }
const LINES_OF_RUN = ['failed', 'processed', 'processed', 'processing', 'processing', 'completed'].toSorted()

const SCHEDULERS = { every: { every: 300 }, pattern: { pattern: '* * * * * *' } }
const upsert = (repeat: object, more: object = {}): Call => ({
  method: 'upsertJobScheduler',
  args: ['s', { ...repeat, limit: RUNS }, { name: 'run', data: DATA, opts: { attempts: 2, ...more } }],
})
const repeat = (repeatOptions: object): Call => ({
  args: ['run', DATA, { attempts: 2, repeat: { ...repeatOptions, limit: RUNS } }],
})

const CASES: readonly (readonly [Version, string, Call])[] = [
  ['bullmq-6', 'a scheduler, every so often', upsert(SCHEDULERS.every)],
  ['bullmq-6', 'a scheduler, by a pattern', upsert(SCHEDULERS.pattern)],
  ['bullmq-5', 'a scheduler, every so often', upsert(SCHEDULERS.every)],
  ['bullmq-5', 'a scheduler, by a pattern', upsert(SCHEDULERS.pattern)],
  ['bullmq-5', 'repeat, every so often', repeat(SCHEDULERS.every)],
  ['bullmq-5', 'repeat, by a pattern', repeat(SCHEDULERS.pattern)],
]

const byRun = (lines: readonly LogLine[]) => [...Map.groupBy(lines, (line) => line['job']).values()]

describe('each run of a repeating job has an ID of its own', { concurrency: 2 }, () => {
  for (const jobs of ['link', 'parent']) {
    for (const [version, name, scheduling] of CASES) {
      it(`${version}, ${name}, CORRELATION_JOBS=${jobs}: the same in each attempt, and linked to the call`, async (t) => {
        await using sink = await startOtlpSink()
        const app = { version, sink, redis: await startRedis(t), env: { CORRELATION_JOBS: jobs } }
        const worker = await startApp(t, 'worker.cjs', app)
        const server = await startApp(t, 'server.cjs', app)
        const { args } = await call(server, scheduling, 'scheduled')
        assert.deepEqual(args, scheduling.args)

        const runs = byRun(await linesOf(worker, 'runs', RUNS * LINES_OF_RUN.length))
        assert.equal(runs.length, RUNS)
        const ids = runs.map((lines) => {
          assert.deepEqual(lines.map((line) => line['message']).toSorted(), LINES_OF_RUN)
          const [id, ...others] = new Set(lines.map((line) => String(line['correlation_id'])))
          assert.deepEqual(others, [], 'one ID in all attempts of a run')
          assert.match(id ?? '', UUID)
          return id as string
        })
        assert.equal(new Set(ids).size, RUNS)

        const { producers } = await spansOf(sink, 'scheduled', 0)
        const [producer] = producers
        assert.ok(producer)
        assert.equal(producers.length, 1)
        for (const id of ids) {
          const consumers = await sink
            .waitForSpans((all) => all.filter((span) => span.attributes['correlation.id'] === id).length >= 2)
            .then((all) => all.filter((span) => span.attributes['correlation.id'] === id))
          assert.deepEqual(
            consumers.map(({ kind }) => kind),
            ['CONSUMER', 'CONSUMER'],
          )
          for (const span of consumers) {
            assert.deepEqual(linkedFrom(span), [placeOf(producer)])
            assert.equal(span.parentSpanId, undefined)
          }
        }
      })
    }
  }

  it('leaves the template of a scheduler as the application gave it', async (t) => {
    await using sink = await startOtlpSink()
    const app = { version: 'bullmq-6', sink, redis: await startRedis(t) } as const
    const server = await startApp(t, 'server.cjs', app)
    await call(server, upsert({ every: 3_600_000 }, { attempts: 2 }), 'scheduled')
    const { result } = await call(server, { method: 'getJobScheduler', args: ['s'] })
    const { template } = result as { readonly template: unknown }
    assert.deepEqual(template, { data: DATA, opts: { attempts: 2 } })
  })

  it('makes none where the application asks for no context', async (t) => {
    await using sink = await startOtlpSink()
    const app = { version: 'bullmq-6', sink, redis: await startRedis(t) } as const
    const server = await startApp(t, 'server.cjs', app)
    const { result } = await call(server, upsert({ every: 3_600_000 }, { telemetry: { omitContext: true } }))
    assert.deepEqual((result as { readonly opts: { readonly telemetry: unknown } }).opts.telemetry, {
      omitContext: true,
    })
  })
})
