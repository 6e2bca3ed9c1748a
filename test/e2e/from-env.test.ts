// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE_ID}-${PARENT}-01`
const OLD_SPAN = new RegExp(`^00-${TRACE_ID}-${PARENT}-0[01]$`)

interface Case {
  readonly title: string
  readonly env: Readonly<Record<string, string>>
  /** Whether the script goes on with the trace; undefined where none of its spans is sent. */
  readonly isContinued: boolean | undefined
  /** What a call of the script carries, outside of its spans. */
  readonly carries: Readonly<Record<string, string | RegExp | undefined>>
}

const CASES: readonly Case[] = [
  { title: 'a trace', env: { TRACEPARENT }, isContinued: true, carries: { traceparent: OLD_SPAN } },
  {
    title: 'a trace with its state, and an ID',
    env: { TRACEPARENT, TRACESTATE: 'vendor=1', X_CORRELATION_ID: 'job-1' },
    isContinued: true,
    carries: {
      traceparent: OLD_SPAN,
      tracestate: 'vendor=1',
      'x-correlation-id': 'job-1',
      baggage: 'correlation.id=job-1',
    },
  },
  {
    title: 'the other entries of BAGGAGE',
    env: { BAGGAGE: 'tenant=7,correlation.id=job-1,note=a%20b;p=1' },
    isContinued: false,
    carries: { baggage: 'correlation.id=job-1,tenant=7,note=a%20b;p=1' },
  },
  {
    title: 'other entries beside one that is no ID, which ends here',
    env: { BAGGAGE: 'tenant=7,correlation.id=a%20hunter2' },
    isContinued: false,
    carries: { baggage: 'tenant=7', 'x-correlation-id': undefined },
  },
  {
    title: 'a trace that is not sampled',
    env: { TRACEPARENT: TRACEPARENT.replace(/1$/, '0') },
    isContinued: undefined,
    carries: { traceparent: OLD_SPAN },
  },
  {
    title: 'a trace, which goes on where nothing is recorded',
    env: { TRACEPARENT, OTEL_TRACES_EXPORTER: 'none' },
    isContinued: undefined,
    carries: { traceparent: OLD_SPAN },
  },
  {
    title: 'a trace, which goes on without an SDK',
    env: { TRACEPARENT, OTEL_SDK_DISABLED: 'true' },
    isContinued: undefined,
    carries: { traceparent: OLD_SPAN },
  },
  {
    title: 'a trace of B3',
    env: { OTEL_PROPAGATORS: 'b3', B3: `${TRACE_ID}-${PARENT}-1` },
    isContinued: true,
    carries: { b3: new RegExp(`^${TRACE_ID}-${PARENT}-1`) },
  },
  {
    title: 'blank values as none',
    env: { TRACEPARENT: ' ', BAGGAGE: '' },
    isContinued: false,
    carries: { traceparent: undefined, baggage: undefined },
  },
  {
    title: 'no trace with CORRELATION_FROM_ENV=false',
    env: { TRACEPARENT, BAGGAGE: 'a=b', CORRELATION_FROM_ENV: 'false' },
    isContinued: false,
    carries: { traceparent: undefined, baggage: undefined },
  },
  {
    title: 'no trace with OTEL_PROPAGATORS=none',
    env: { TRACEPARENT, BAGGAGE: 'a=b', OTEL_PROPAGATORS: 'none' },
    isContinued: false,
    carries: { traceparent: undefined, baggage: undefined },
  },
  {
    title: 'no trace with CORRELATION_ENABLED=false',
    env: { TRACEPARENT, CORRELATION_ENABLED: 'false' },
    isContinued: undefined,
    carries: { traceparent: undefined },
  },
  ...[
    'hunter2',
    `00-${TRACE_ID}-${PARENT}-01-hunter2`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `ff-${TRACE_ID}-${PARENT}-01`,
    `00-${TRACE_ID}-${PARENT}-01\r\nset-cookie: hunter2`,
    'hunter2'.repeat(5000),
  ].map((text) => ({
    title: `no trace that is none: ${JSON.stringify(text.slice(0, 70))}`,
    env: { TRACEPARENT: text, TRACESTATE: 'vendor=1' },
    isContinued: false,
    carries: { traceparent: undefined, tracestate: undefined },
  })),
]

describe('a script started with a context in its environment', { concurrency: 2 }, () => {
  for (const { title, env, isContinued, carries } of CASES) {
    it(`takes ${title}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'script-call.mjs', serve: false, sink, env, t })
      assert.deepEqual(await app.exited, { code: 0, signal: null }, app.stderr)
      const spans = sink.spans.filter(({ name }) => name === 'work')
      assert.equal(spans.length, isContinued === undefined ? 0 : 1)
      for (const { traceId, parentSpanId } of spans) {
        if (isContinued) assert.deepEqual([traceId, parentSpanId], [TRACE_ID, PARENT])
        else assert.deepEqual([traceId === TRACE_ID, parentSpanId], [false, undefined])
      }
      const called = app.logs.find(({ message }) => message === 'called') as unknown as Record<
        'before' | 'after',
        Record<string, string>
      >
      for (const [field, expected] of Object.entries(carries)) {
        if (expected instanceof RegExp) assert.match(called.before[field] ?? '', expected)
        else assert.equal(called.before[field], expected, field)
      }
      // From its first `listen` on it serves, and what the environment carried is over.
      assert.deepEqual(called.after, {})
      assert.doesNotMatch(app.stdout.join('\n') + app.stderr, /hunter2/)
      for (const { headers } of sink.requests) {
        for (const field of ['traceparent', 'baggage', 'x-correlation-id']) assert.equal(headers[field], undefined)
      }
    })
  }

  for (const env of [{}, { CORRELATION_SDK: 'off' }]) {
    it(`goes on with it where it starts an SDK of its own: ${JSON.stringify(env)}`, async (t) => {
      await using theirs = await startOtlpSink()
      const all = { ...env, TRACEPARENT, X_CORRELATION_ID: 'job-1', THEIR_URL: theirs.url }
      const app = await runApp({ fixture: 'from-env/own-sdk.cjs', serve: false, env: all, t })
      assert.deepEqual(await app.exited, { code: 0, signal: null }, app.stderr)
      assert.equal(app.logs[0]?.['correlation_id'], 'job-1')
      const [span] = await theirs.waitForSpans(1)
      assert.deepEqual([span?.traceId, span?.parentSpanId], [TRACE_ID, PARENT])
      assert.equal(span?.attributes['correlation.id'], 'job-1')
    })
  }
})

describe('a process that serves', () => {
  it('is under the ID of its environment no longer, in none of its threads', async (t) => {
    const env = { X_CORRELATION_ID: 'deploy-1', TRACEPARENT, OTEL_TRACES_EXPORTER: 'none' }
    const app = await runApp({ fixture: 'from-env/threads.mjs', serve: false, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null }, app.stderr)
    assert.deepEqual(app.logs[0], {
      main: 'deploy-1',
      'an early thread': 'deploy-1',
      'main, serving': null,
      'an early thread, serving': null,
      'a thread of the server': null,
      'a thread with an ID of its own': 'its-own',
    })
  })
})
