// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { CLI, type Environment, NODE, startRun } from '../support/correlation-run.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { App } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'

const PRELOAD = `--require "${path.join(ROOT, 'register.cjs')}"`
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`
const SECRET = 'hunter2'

interface Ran {
  readonly app: App
  readonly spans: readonly SinkSpan[]
}

/** Runs to the end, and returns what a collector got of it. */
async function ran(t: TestContext, args: readonly string[], env: Environment = {}): Promise<Ran> {
  const sink = await startOtlpSink()
  t.after(() => sink.close())
  const app = await startRun(args, { t, env, sink, serve: false })
  assert.deepEqual(sink.errors, [])
  return { app, spans: sink.spans }
}

interface Case {
  readonly title: string
  readonly args: readonly string[]
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  /** Whether there is a process to name. */
  readonly hasPid?: false
}

const ok = { 'process.exit.code': 0 }
const CASES: readonly Case[] = [
  { title: 'success', args: ['sh', '-c', 'exit 0', SECRET], name: 'sh', attributes: ok },
  { title: 'a path', args: ['/bin/sh', '-c', 'exit 0', SECRET], name: 'sh', attributes: ok },
  {
    title: 'failure',
    args: ['sh', '-c', 'exit 3', SECRET],
    name: 'sh',
    attributes: { 'process.exit.code': 3, 'error.type': '3' },
  },
  {
    title: 'SIGTERM',
    args: ['sh', '-c', 'kill -TERM $$', SECRET],
    name: 'sh',
    attributes: { 'process.exit.code': 143, 'error.type': 'SIGTERM' },
  },
  {
    title: 'SIGKILL',
    args: ['sh', '-c', 'kill -KILL $$', SECRET],
    name: 'sh',
    attributes: { 'process.exit.code': 137, 'error.type': 'SIGKILL' },
  },
  {
    title: 'SIGHUP',
    args: ['sh', '-c', 'kill -HUP $$', SECRET],
    name: 'sh',
    attributes: { 'process.exit.code': 129, 'error.type': 'SIGHUP' },
  },
  {
    title: 'a command that is not there',
    args: [`PASSWORD=${SECRET}`, 'sh'],
    name: 'correlation run',
    attributes: { 'process.exit.code': 127, 'error.type': 'ENOENT' },
    hasPid: false,
  },
  {
    title: 'one that is no program',
    args: [path.join(ROOT, 'package.json'), SECRET],
    name: 'correlation run',
    attributes: { 'process.exit.code': 126, 'error.type': 'EACCES' },
    hasPid: false,
  },
]

describe('the span of correlation run', { concurrency: 2 }, () => {
  for (const { title, args, name, attributes, hasPid = true } of CASES) {
    for (const [mode, env] of [
      ['', {}],
      [', with the preload in NODE_OPTIONS', { NODE_OPTIONS: PRELOAD }],
      [', as JSON', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }],
    ] as const) {
      it(`tells the command and its end, and no argument: ${title}${mode}`, async (t) => {
        const { spans } = await ran(t, ['--id', 'order-1', '--', ...args], env)
        assert.equal(spans.length, 1)
        const [span] = spans as [SinkSpan]
        assert.deepEqual([span.name, span.kind, span.parentSpanId], [name, 'CLIENT', undefined])
        const { 'process.pid': pid, ...others } = span.attributes
        assert.equal(typeof pid, hasPid ? 'number' : 'undefined')
        assert.deepEqual(others, {
          'correlation.id': 'order-1',
          ...attributes,
          ...(hasPid && { 'process.executable.name': name }),
        })
        assert.equal(span.status.code, attributes['process.exit.code'] === 0 ? 'UNSET' : 'ERROR')
        assert.ok(span.endTimeUnixNano >= span.startTimeUnixNano)
        assert.doesNotMatch(asText(spans), new RegExp(SECRET))
      })
    }
  }

  it('would be found out: a script of the application has its arguments in its resource', async (t) => {
    const script = path.join(ROOT, 'test/fixtures/script-spans.cjs')
    const { spans } = await ran(t, ['--', NODE, script, '1', SECRET], { NODE_OPTIONS: PRELOAD })
    assert.match(asText(spans), new RegExp(SECRET))
  })

  it('is a child of TRACEPARENT, and parent of what the command records', async (t) => {
    const script = path.join(ROOT, 'test/fixtures/script-spans.cjs')
    const env = { TRACEPARENT, X_CORRELATION_ID: 'job-1', NODE_OPTIONS: PRELOAD }
    const { spans } = await ran(t, [NODE, CLI, 'run', '--', NODE, script, '1'], env)
    assert.equal(spans.length, 3)
    for (const { traceId, attributes } of spans) {
      assert.equal(traceId, TRACE_ID)
      assert.equal(attributes['correlation.id'], 'job-1')
    }
    assert.deepEqual(chainOf(spans, 'b7ad6b7169203331'), [path.basename(NODE), path.basename(NODE), 'span 0'])
  })

  it('is a child of nothing where CORRELATION_FROM_ENV is false', async (t) => {
    const { spans } = await ran(t, ['true'], { TRACEPARENT, CORRELATION_FROM_ENV: 'false' })
    assert.equal(spans[0]?.parentSpanId, undefined)
    assert.notEqual(spans[0]?.traceId, TRACE_ID)
  })

  for (const [title, env] of [
    ['OTEL_TRACES_EXPORTER=none', { OTEL_TRACES_EXPORTER: 'none' }],
    ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'true' }],
    ['CORRELATION_SDK=off', { CORRELATION_SDK: 'off' }],
    ['CORRELATION_ENABLED=false', { CORRELATION_ENABLED: 'false' }],
    ['a sampler that drops it', { OTEL_TRACES_SAMPLER: 'always_off' }],
    ['a trace that is not sampled', { TRACEPARENT: TRACEPARENT.replace(/1$/, '0') }],
  ] as const) {
    it(`is not sent with ${title}`, async (t) => {
      const { app, spans } = await ran(t, ['sh', '-c', 'exit 6'], env)
      assert.deepEqual(await app.exited, { code: 6, signal: null })
      assert.deepEqual(spans, [])
    })
  }

  it('is printed by the console exporter', async (t) => {
    const { app, spans } = await ran(t, ['true'], { OTEL_TRACES_EXPORTER: 'console' })
    assert.deepEqual(spans, [])
    assert.match(app.stdout.join('\n'), /name: 'true'/)
  })
})

function asText(spans: readonly SinkSpan[]): string {
  return JSON.stringify(spans, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** The names from a span ID down, each the only child of the one before. */
function chainOf(spans: readonly SinkSpan[], parentSpanId: string): readonly string[] {
  const children = spans.filter((span) => span.parentSpanId === parentSpanId)
  if (children.length === 0) return []
  assert.equal(children.length, 1)
  const [child] = children as [SinkSpan]
  return [child.name, ...chainOf(spans, child.spanId)]
}
