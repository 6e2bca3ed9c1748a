// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import type { App, LogLine } from '../support/run-app.ts'
import { startRedis } from '../support/start-redis.ts'
import { linkedFrom, placeOf, startApp, VERSIONS } from './bullmq-apps.ts'

const REQUESTS = 1_000
const JOBS = 10 * REQUESTS
/** One job of each request fails once. */
const ATTEMPTS = JOBS + REQUESTS
/** Five jobs of a request are added at once, the others one by one. */
const PRODUCERS = 6 * REQUESTS
const AT_ONCE = 25
const PATIENCE_MS = 240_000
/** Nothing may be dropped here: what is missing is a fault. */
const ENV = { OTEL_BSP_MAX_QUEUE_SIZE: '65536', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096', OTEL_BSP_SCHEDULE_DELAY: '500' }

const MALFORMED = ['"><script>', 'a b', 'a'.repeat(129), ';;']

/** What a request sends as its ID: its own, none, or what is none. */
function sentBy(request: number): string | undefined {
  if (request % 4 === 0) return undefined
  if (request % 4 === 1) return MALFORMED[request % MALFORMED.length]
  return `given-${request}`
}

async function order(server: App, request: number): Promise<string> {
  const sent = sentBy(request)
  const headers = sent === undefined ? {} : { 'x-correlation-id': sent }
  const response = await server.request(`/order?request=${request}`, { headers })
  assert.equal(response.status, 200)
  const id = String(response.headers['x-correlation-id'])
  assert.equal(id === sent, sent?.startsWith('given-') ?? false)
  return id
}

/** Sends all requests, some at a time; returns the ID that each was answered with. */
async function orderAll(server: App): Promise<readonly string[]> {
  const ids: string[] = []
  let next = 0
  const lane = async () => {
    for (let request = next++; request < REQUESTS; request = next++) ids[request] = await order(server, request)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return ids
}

/** The lines whose ID is not that of the request which their job is from. */
const wrongLines = (lines: readonly LogLine[], ids: readonly string[]) =>
  lines.filter((line) => line['correlation_id'] !== ids[Number(line['request'])])

/** The spans of handling whose ID, or whose sender, is not that of the request which their job is from. */
function wrongSpans(spans: readonly SinkSpan[], lines: readonly LogLine[], ids: readonly string[]) {
  const requestOf = new Map(lines.map((line) => [line['job'], Number(line['request'])]))
  const producers = new Map(spans.filter(({ kind }) => kind === 'PRODUCER').map((span) => [placeOf(span), span]))
  return spans.filter((span) => {
    if (span.kind !== 'CONSUMER') return false
    const id = ids[requestOf.get(span.attributes['messaging.message.id']) ?? -1]
    const [link, ...others] = linkedFrom(span).map((place) => producers.get(place))
    const linked = link?.attributes['correlation.id']
    return id === undefined || span.attributes['correlation.id'] !== id || linked !== id || others.length > 0
  })
}

const count = (spans: readonly SinkSpan[], kind: SinkSpan['kind']) => spans.filter((span) => span.kind === kind).length

async function allSpans(sink: OtlpSink): Promise<readonly SinkSpan[]> {
  const expected = { SERVER: REQUESTS, PRODUCER: PRODUCERS, CONSUMER: ATTEMPTS } as const
  const kinds = Object.keys(expected) as (keyof typeof expected)[]
  return await sink.waitForSpans((all) => kinds.every((kind) => count(all, kind) >= expected[kind]), PATIENCE_MS)
}

describe(`${JOBS} jobs of ${REQUESTS} requests, in two workers`, () => {
  for (const version of VERSIONS) {
    it(`${version}: not one wrong ID and none missing, in lines and in spans`, async (t) => {
      await using sink = await startOtlpSink()
      const app = { version, sink, redis: await startRedis(t) }
      const lines: LogLine[] = []
      const { promise: all, resolve } = Promise.withResolvers<void>()
      const onLine = (text: string) => {
        const line = JSON.parse(text) as LogLine
        if (line['request'] !== undefined && lines.push(line) === 2 * ATTEMPTS) resolve()
      }
      const env = { ...ENV, WORKER_OPTIONS: JSON.stringify({ concurrency: 20 }) }
      const workers = await Promise.all([1, 2].map(() => startApp(t, 'worker.cjs', { ...app, env, onLine })))
      const server = await startApp(t, 'server.mjs', { ...app, env: ENV })

      const ids = await orderAll(server)
      assert.equal(new Set(ids).size, REQUESTS)
      const late = setTimeout(resolve, PATIENCE_MS)
      await all
      clearTimeout(late)

      assert.equal(lines.length, 2 * ATTEMPTS, workers.map(({ stderr }) => stderr).join('\n'))
      assert.deepEqual(wrongLines(lines, ids), [])
      for (const message of ['processing', 'completed', 'failed']) {
        const expected = { processing: ATTEMPTS, completed: JOBS, failed: REQUESTS }[message]
        assert.equal(lines.filter((line) => line['message'] === message).length, expected, message)
      }
      assert.ok(
        workers.every(({ logs }) => logs.length > REQUESTS),
        'both had their share',
      )

      const spans = await allSpans(sink)
      assert.deepEqual(
        [count(spans, 'SERVER'), count(spans, 'PRODUCER'), count(spans, 'CONSUMER')],
        [REQUESTS, PRODUCERS, ATTEMPTS],
      )
      assert.deepEqual(wrongSpans(spans, lines, ids).slice(0, 3), [])
      const known = new Set(ids)
      assert.deepEqual(
        spans.filter(({ attributes }) => !known.has(String(attributes['correlation.id']))).slice(0, 3),
        [],
      )

      // The same checks find two IDs that are exchanged.
      const exchanged = ids.with(0, ids[1] as string).with(1, ids[0] as string)
      assert.equal(wrongLines(lines, exchanged).length, 2 * 2 * 11)
      assert.equal(wrongSpans(spans, lines, exchanged).length, 2 * 11)
    })
  }
})
