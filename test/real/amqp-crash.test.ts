// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type Preload, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn } from './packages.ts'

const LONG_MS = 60_000

interface Crash {
  readonly title: string
  readonly isAsync?: boolean
  /** What the worker does at the first attempt. */
  readonly job: string
  /** Ends the first attempt, where the worker does not end it itself. */
  readonly end?: (worker: App) => Promise<unknown>
  /** Whether the same worker makes the second attempt. */
  readonly survives?: boolean
  /** Whether amqplib connects again by itself, which is new in version 2. */
  readonly recovers?: boolean
  /** The exit code of a worker that fails by itself. */
  readonly code?: number
  /** `error.type` of the first attempt's span; undefined where nothing can send it. */
  readonly error: string | undefined
}

const CRASHES: readonly Crash[] = [
  { title: 'killed mid-message', job: 'hang', end: (worker) => worker.stop('SIGKILL'), error: undefined },
  { title: 'told to stop mid-message', job: 'hang', end: (worker) => worker.stop('SIGTERM'), error: 'process_exit' },
  { title: 'failed after its handler returned', job: 'throw later', code: 1, error: 'process_exit' },
  { title: 'failed by a rejection that nobody handles', isAsync: true, job: 'fails', code: 1, error: 'Error' },
  { title: 'whose handler throws, which closes the channel', job: 'throw', survives: true, error: 'Error' },
  {
    title: 'whose broker is restarted mid-message',
    job: 'hang',
    end: restart,
    survives: true,
    error: 'channel_closed',
  },
  {
    title: 'whose broker is restarted mid-message, with recovery',
    job: 'hang',
    end: restart,
    survives: true,
    recovers: true,
    error: 'channel_closed',
  },
]

async function restart(_worker: App): Promise<void> {
  await rabbit.stop()
  await rabbit.start()
}

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

/** The processes of one test, and their queue. */
interface Setting {
  readonly t: TestContext
  readonly install: string
  readonly queue: string
  readonly sink: OtlpSink
}

let queues = 0
const newQueue = () => `jobs-${queues++}`

function start({ t, install, queue, sink }: Setting, file: string, env = {}, preload?: Preload): Promise<App> {
  const fixture = fixtureIn(install, file, 'amqp')
  return runApp({ fixture, env: { AMQP_URL: rabbit.url, QUEUE: queue, ...env }, sink, t, ...(preload && { preload }) })
}

/** Has a producer send the job under the ID, and ends it: the broker may be restarted next. */
async function send(setting: Setting, job: string, id: string, isAsync = false): Promise<void> {
  const producer = await start(setting, 'producer.cjs')
  const query = new URLSearchParams({ queue: `${isAsync ? 'async ' : ''}${setting.queue}`, job })
  assert.equal((await producer.request(`/?${query}`, { headers: { 'x-correlation-id': id } })).status, 200)
  await producer.stop()
}

const isDone = (redelivered: boolean) => (line: Readonly<Record<string, unknown>>) =>
  line['message'] === 'done' && line['redelivered'] === redelivered

function attemptsOf(id: string, spans: readonly SinkSpan[]): readonly SinkSpan[] {
  return spans.filter(({ kind, attributes }) => kind === 'CONSUMER' && attributes['correlation.id'] === id)
}

for (const install of ['amqplib-0.10', 'amqplib-2']) {
  describe(`${install}: a worker`, () => {
    const crashes = CRASHES.filter(({ recovers = false }) => !recovers || install === 'amqplib-2')
    for (const { title, isAsync, job, end, survives = false, recovers = false, code, error } of crashes) {
      it(`${title}: the next attempt has the same ID`, async (t) => {
        await using sink = await startOtlpSink()
        const setting = { t, install, sink, queue: newQueue() }
        const id = `id-of-${setting.queue}`
        await send(setting, job, id, isAsync)
        const env = { RECOVERY: String(recovers) }
        const first = await start(setting, 'worker.cjs', env)
        await first.waitForLogs((logs) => logs.some(isDone(false)), LONG_MS)
        await end?.(first)
        if (code !== undefined) assert.deepEqual(await first.exited, { code, signal: null })
        const second = survives ? first : await start(setting, 'worker.cjs', env)
        await second.waitForLogs((logs) => logs.some(isDone(true)), LONG_MS)

        const lines = [...new Set([...first.logs, ...second.logs])].filter(({ message }) => message === 'done')
        // A broker that is just ending may hand the message to a worker that is quick to connect again.
        const again = recovers ? Math.max(1, lines.length - 1) : 1
        assert.deepEqual(
          lines.map((line) => [line['correlation_id'], line['redelivered']]),
          [[id, false], ...Array.from({ length: again }, () => [id, true])],
        )

        const failures = error === undefined ? [] : Array.from({ length: again }, () => error)
        const isSent = ({ kind }: SinkSpan) => kind === 'PRODUCER'
        await sink.waitForSpans((all) => all.some(isSent) && attemptsOf(id, all).length > failures.length, LONG_MS)
        const attempts = attemptsOf(id, sink.spans)
        assert.deepEqual(
          attempts.map(({ attributes }) => attributes['error.type']),
          [...failures, undefined],
        )
        const producers = sink.spans.filter(isSent)
        assert.equal(producers.length, 1)
        for (const { links, parentSpanId } of attempts) {
          assert.deepEqual([links.length, links[0]?.spanId, parentSpanId], [1, producers[0]?.spanId, undefined])
        }
        assert.equal(new Set([...attempts, ...producers].map(({ traceId }) => traceId)).size, attempts.length + 1)
      })
    }

    for (const { job, isAsync, title } of CRASHES.filter(({ code }) => code !== undefined)) {
      it(`ends without us as with us: ${title}`, async (t) => {
        await using sink = await startOtlpSink()
        const setting = { t, install, sink, queue: newQueue() }
        await send(setting, job, 'plain', isAsync)
        const plain = await start(setting, 'worker.cjs', {}, 'none')
        assert.deepEqual(await plain.exited, { code: 1, signal: null })
        const second = await start(setting, 'worker.cjs', {}, 'none')
        const logs = await second.waitForLogs((all) => all.some(isDone(true)), LONG_MS)
        assert.ok(logs.every((line) => line['correlation_id'] === undefined))
      })
    }

    it('handles a message that waited in a broker that was restarted, and one that was sent twice', async (t) => {
      await using sink = await startOtlpSink()
      const setting = { t, install, sink, queue: newQueue() }
      const ids = ['twice', 'waited', 'twice']
      for (const id of ids) await send(setting, 'fine', id)
      await rabbit.stop()
      await rabbit.start()
      const worker = await start(setting, 'worker.cjs')
      await worker.waitForLogs(ids.length, LONG_MS)
      assert.deepEqual(
        worker.logs.map((line) => line['correlation_id']),
        ids,
      )
    })
  })
}
