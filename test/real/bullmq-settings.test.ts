// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { RunAppOptions } from '../support/run-app.ts'
import { startRedis } from '../support/start-redis.ts'
import { call, idsIn, linesOf, messagesOf, PATIENCE_MS, spansOf, startApp, VERSIONS } from './bullmq-apps.ts'

interface Setting {
  readonly env?: Readonly<Record<string, string>>
  readonly preload?: RunAppOptions['preload']
  /** Whether the worker has the ID of the request, one of its own for each attempt, or none. */
  readonly id: 'the same' | 'another' | 'none'
  /** What is in Redis beside the ID. */
  readonly fields: readonly string[]
  readonly spans: 'link' | 'child' | 'apart' | 'none'
}

const OURS = ['baggage', 'x-correlation-id']
const ALL = ['baggage', 'traceparent', 'x-correlation-id']

const SETTINGS: Readonly<Record<string, Setting>> = {
  'nothing set': { id: 'the same', fields: ALL, spans: 'link' },
  'CORRELATION_JOBS=parent': { env: { CORRELATION_JOBS: 'parent' }, id: 'the same', fields: ALL, spans: 'child' },
  unsampled: { env: { OTEL_TRACES_SAMPLER: 'always_off' }, id: 'the same', fields: ALL, spans: 'none' },
  'no traces': { env: { OTEL_TRACES_EXPORTER: 'none' }, id: 'the same', fields: OURS, spans: 'none' },
  'no SDK': { env: { OTEL_SDK_DISABLED: 'true' }, id: 'the same', fields: OURS, spans: 'none' },
  'CORRELATION_SDK=off': { env: { CORRELATION_SDK: 'off' }, id: 'the same', fields: OURS, spans: 'none' },
  'no baggage': {
    env: { OTEL_PROPAGATORS: 'tracecontext' },
    id: 'the same',
    fields: ['traceparent', 'x-correlation-id'],
    spans: 'link',
  },
  'other names': {
    env: { CORRELATION_HEADERS: 'x-request-id', CORRELATION_BAGGAGE_KEY: 'none' },
    id: 'the same',
    fields: ['traceparent', 'x-request-id'],
    spans: 'link',
  },
  // What shows that the assertions above can fail.
  'CORRELATION_MESSAGING=false': { env: { CORRELATION_MESSAGING: 'false' }, id: 'another', fields: [], spans: 'apart' },
  'without the instrumentation': {
    env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'bullmq' },
    id: 'none',
    fields: [],
    spans: 'none',
  },
  'without the preload': { preload: 'none', id: 'none', fields: [], spans: 'none' },
}

const LINES = ['failed', 'processed', 'processed', 'processing', 'processing', 'completed'].toSorted()

describe('jobs of BullMQ', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    for (const [name, { env = {}, preload, id, fields, spans }] of Object.entries(SETTINGS)) {
      it(`${version}, ${name}: the ID in the worker is ${id}`, async (t) => {
        await using sink = await startOtlpSink()
        const app = { version, sink, redis: await startRedis(t), env, ...(preload && { preload }) }
        const server = await startApp(t, 'server.cjs', app)
        const worker = await startApp(t, 'worker.cjs', app)
        const headers = env['CORRELATION_HEADERS'] ?? 'x-correlation-id'
        const query = new URLSearchParams({
          on: 'queue',
          method: 'add',
          args: JSON.stringify(['plain', { case: 'one', failures: 1 }, { attempts: 2 }]),
        })
        const response = await server.request(`/call?${query}`, { headers: { [headers]: 'given' } })
        const { result } = JSON.parse(response.body) as { readonly result: { readonly id: string } }

        const lines = await linesOf(worker, 'one', LINES.length)
        assert.deepEqual(messagesOf(lines), LINES)
        const ids = idsIn(lines)
        if (id === 'the same') assert.deepEqual(ids, ['given'])
        if (id === 'none') assert.deepEqual(ids, [undefined])
        if (id === 'another') {
          assert.equal(ids.length, 2, 'one for each attempt, since nothing in Redis has it')
          assert.ok(ids.every((one) => typeof one === 'string' && one !== 'given'))
        }

        const { result: kept } = await call(server, { method: 'getJob', args: [result.id] })
        const { telemetry } = (kept as { readonly opts: { readonly telemetry?: { readonly metadata: string } } }).opts
        const carried = telemetry === undefined ? {} : (JSON.parse(telemetry.metadata) as object)
        assert.deepEqual(Object.keys(carried).toSorted(), fields)
        for (const [field, value] of Object.entries(carried))
          if (field !== 'traceparent') assert.match(value as string, /\bgiven$/)

        if (spans === 'none') {
          await Promise.all([server.stop(), worker.stop()])
          assert.deepEqual(
            sink.spans.filter(({ kind }) => kind === 'PRODUCER' || kind === 'CONSUMER'),
            [],
          )
          return
        }
        const consumers = (
          await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'CONSUMER').length >= 2, PATIENCE_MS)
        ).filter(({ kind }) => kind === 'CONSUMER')
        const [producer] = (await spansOf(sink, 'given', 0)).producers
        assert.ok(producer)
        assert.equal(consumers.length, 2)
        for (const span of consumers) {
          assert.equal(span.traceId === producer.traceId, spans === 'child')
          assert.equal(span.parentSpanId, spans === 'child' ? producer.spanId : undefined)
          assert.deepEqual(
            span.links.map(({ spanId }) => spanId),
            spans === 'link' ? [producer.spanId] : [],
          )
        }
      })
    }
  }
})
