// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startRedis } from '../support/start-redis.ts'
import { type Call, call, idsIn, linesOf, messagesOf, spansOf, startApp, VERSIONS } from './bullmq-apps.ts'

/** Long enough for a busy machine to renew it, short enough to wait for. */
const WORKER_OPTIONS = { lockDuration: 4_000, stalledInterval: 1_000, maxStalledCount: 1 }
const HANGING = { case: 'killed', hangs: true }

interface Killed {
  readonly add: Call
  readonly isRun: boolean
  readonly options?: object
  /** What the second worker says. */
  readonly seen: readonly string[]
}

const KILLED: Readonly<Record<string, Killed>> = {
  'a job': { add: { args: ['plain', HANGING] }, isRun: false, seen: ['processing', 'processed', 'completed'] },
  'a run of a scheduler': {
    add: { method: 'upsertJobScheduler', args: ['s', { every: 3_600_000 }, { name: 'run', data: HANGING }] },
    isRun: true,
    seen: ['processing', 'processed', 'completed'],
  },
  'a job that may not stall': {
    add: { args: ['plain', HANGING] },
    isRun: false,
    options: { maxStalledCount: 0 },
    seen: ['failed'],
  },
}

describe('a worker that is killed', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    for (const [name, { add, isRun, options, seen }] of Object.entries(KILLED)) {
      it(`${version}, ${name}: goes on under the same ID in another process`, async (t) => {
        await using sink = await startOtlpSink()
        const env = { WORKER_OPTIONS: JSON.stringify({ ...WORKER_OPTIONS, ...options }) }
        const app = { version, sink, redis: await startRedis(t), env }
        const server = await startApp(t, 'server.cjs', app)
        const first = await startApp(t, 'worker.cjs', app)
        const { id: requestId } = await call(server, add)
        const [begun] = await linesOf(first, 'killed', 1)
        const id = String(begun?.['correlation_id'])
        assert.equal(id === requestId, !isRun)
        assert.deepEqual(await first.stop('SIGKILL'), { code: null, signal: 'SIGKILL' })

        const second = await startApp(t, 'worker.cjs', app)
        const lines = await linesOf(second, 'killed', seen.length)
        assert.deepEqual(messagesOf(lines), seen.toSorted())
        assert.deepEqual(idsIn(lines), [id])

        const stalled = second.logs.filter((line) => line['stalled'] !== undefined)
        assert.deepEqual(idsIn(stalled), [undefined], 'who finds a job that has stalled does not know its ID')

        const { producers } = await spansOf(sink, requestId, 0)
        const spans = await sink.waitForSpans((all) => all.some(({ kind }) => kind === 'CONSUMER'))
        const [consumer, ...others] = spans.filter(({ kind }) => kind === 'CONSUMER')
        assert.deepEqual(others, [], 'that of the killed process is lost')
        assert.equal(consumer?.attributes['correlation.id'], id)
        assert.equal(consumer?.links[0]?.spanId, producers[0]?.spanId)
        assert.equal(consumer?.status.code, seen.includes('failed') ? 'ERROR' : 'UNSET')
      })
    }
  }
})

describe('a Redis that is restarted', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    it(`${version}: what was waiting, and what comes after it, has its ID`, async (t) => {
      await using sink = await startOtlpSink()
      const redis = await startRedis(t, { isDurable: true })
      const app = { version, sink, redis }
      const server = await startApp(t, 'server.cjs', app)
      const worker = await startApp(t, 'worker.cjs', app)
      await call(
        server,
        { args: ['plain', { case: 'before', failures: 1 }, { delay: 2_000, attempts: 2 }] },
        'id-before',
      )
      await redis.stop()
      await redis.start()
      await call(server, { args: ['plain', { case: 'after' }] }, 'id-after')
      for (const [name, count] of [
        ['before', 6],
        ['after', 3],
      ] as const) {
        const lines = await linesOf(worker, name, count)
        assert.equal(lines.length, count)
        assert.deepEqual(idsIn(lines), [`id-${name}`])
        const { consumers } = await spansOf(sink, `id-${name}`, count / 3)
        assert.equal(consumers.length, count / 3)
      }
    })
  }
})
