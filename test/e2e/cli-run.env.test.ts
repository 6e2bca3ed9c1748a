// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, it } from 'node:test'
import {
  CLI,
  type CommandEnd,
  correlationRun,
  type Environment,
  NODE,
  QUIET_ENV,
  runIn,
} from '../support/correlation-run.ts'
import { ROOT } from '../support/run-command.ts'

const PRINT = [NODE, '-p', 'JSON.stringify(process.env)']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`
/** Spans are made, and sent nowhere that waits. */
const TRACED = {
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
  CORRELATION_SHUTDOWN_TIMEOUT_MS: '0',
}

interface Case {
  readonly title: string
  readonly env?: Environment
  readonly args?: readonly string[]
  /** What the command's environment has that ours has not, or has otherwise; a pattern, or undefined for what is gone. */
  readonly changes: Readonly<Record<string, string | RegExp | undefined>>
  /** By default a line with the ID. */
  readonly stderr?: string
}

const given = (id: string) => ({ X_CORRELATION_ID: id, BAGGAGE: `correlation.id=${id}` })

const CASES: readonly Case[] = [
  { title: 'a given ID', args: ['--id', 'order-1'], changes: given('order-1') },
  { title: 'no ID at all: a new one', changes: { X_CORRELATION_ID: UUID, BAGGAGE: /^correlation\.id=[0-9a-f-]{36}$/ } },
  {
    title: 'a new one in the format that is set',
    env: { CORRELATION_ID_FORMAT: 'hex32' },
    changes: { X_CORRELATION_ID: /^[0-9a-f]{32}$/, BAGGAGE: /^correlation\.id=/ },
  },
  {
    title: 'the ID of X_CORRELATION_ID',
    env: { X_CORRELATION_ID: 'job-1' },
    changes: { BAGGAGE: 'correlation.id=job-1' },
  },
  {
    title: 'the ID of BAGGAGE, and its other entries',
    env: { BAGGAGE: 'tenant=7,correlation.id=job-2,a=b;p=q' },
    changes: { X_CORRELATION_ID: 'job-2', BAGGAGE: 'correlation.id=job-2,tenant=7,a=b;p=q' },
  },
  {
    title: 'a given ID before both',
    args: ['--id', 'order-1'],
    env: { X_CORRELATION_ID: 'job-1', BAGGAGE: 'tenant=7,correlation.id=job-2' },
    changes: { X_CORRELATION_ID: 'order-1', BAGGAGE: 'correlation.id=order-1,tenant=7' },
  },
  {
    title: 'a header that is read, too',
    args: ['--id', 'order-1'],
    env: { X_REQUEST_ID: 'job-1' },
    changes: { ...given('order-1'), X_REQUEST_ID: 'order-1' },
  },
  {
    title: 'a header that is read first',
    args: ['--id', 'order-1'],
    env: { CORRELATION_HEADERS: 'x-request-id', X_REQUEST_ID: 'job-1' },
    changes: { ...given('order-1'), X_REQUEST_ID: 'order-1' },
  },
  {
    title: 'what is no ID',
    env: { X_CORRELATION_ID: 'a hunter2', BAGGAGE: 'correlation.id=a%20hunter2,b=c' },
    changes: { X_CORRELATION_ID: UUID, BAGGAGE: /^correlation\.id=[0-9a-f-]{36},b=c$/ },
  },
  {
    title: 'an environment that is not to be read',
    env: { CORRELATION_FROM_ENV: 'false', X_CORRELATION_ID: 'job-1', BAGGAGE: 'b=c' },
    changes: { X_CORRELATION_ID: UUID, BAGGAGE: /^correlation\.id=[0-9a-f-]{36},b=c$/ },
  },
  {
    title: 'no propagators',
    args: ['--id', 'order-1'],
    env: { OTEL_PROPAGATORS: 'none', TRACEPARENT, BAGGAGE: 'b=c' },
    changes: { X_CORRELATION_ID: 'order-1' },
  },
  {
    title: 'no baggage',
    args: ['--id', 'order-1'],
    env: { CORRELATION_BAGGAGE_KEY: 'none', BAGGAGE: 'b=c' },
    changes: { X_CORRELATION_ID: 'order-1' },
  },
  {
    title: 'another outbound header',
    args: ['--id', 'order-1'],
    env: { CORRELATION_OUTBOUND_HEADER: 'x-request-id' },
    changes: { ...given('order-1'), X_REQUEST_ID: 'order-1' },
  },
  {
    title: 'a trace, and no SDK',
    args: ['--id', 'order-1'],
    env: { OTEL_SDK_DISABLED: 'true', TRACEPARENT, TRACESTATE: 'a=b' },
    changes: given('order-1'),
  },
  {
    title: 'no trace: a new one',
    args: ['--id', 'order-1'],
    env: TRACED,
    changes: { ...given('order-1'), TRACEPARENT: /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/ },
  },
  {
    title: 'a trace: the run is a part of it',
    args: ['--id', 'order-1'],
    env: { ...TRACED, TRACEPARENT, TRACESTATE: 'a=b' },
    changes: { ...given('order-1'), TRACEPARENT: new RegExp(`^00-${TRACE_ID}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`) },
  },
  {
    title: 'a trace that is not sampled',
    args: ['--id', 'order-1'],
    env: { ...TRACED, TRACEPARENT: TRACEPARENT.replace(/1$/, '0') },
    changes: { ...given('order-1'), TRACEPARENT: new RegExp(`^00-${TRACE_ID}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`) },
  },
  {
    title: 'a trace that is none',
    args: ['--id', 'order-1'],
    env: { ...TRACED, TRACEPARENT: 'hunter2', TRACESTATE: 'a=b' },
    changes: { ...given('order-1'), TRACEPARENT: /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/, TRACESTATE: undefined },
  },
  {
    title: 'a trace of B3',
    args: ['--id', 'order-1'],
    env: { ...TRACED, OTEL_PROPAGATORS: 'b3,baggage', B3: `${TRACE_ID}-b7ad6b7169203331-1` },
    changes: { ...given('order-1'), B3: new RegExp(`^${TRACE_ID}-(?!b7ad6b7169203331)[0-9a-f]{16}-1`) },
  },
  {
    title: 'correlation turned off',
    args: ['--id', 'order-1'],
    env: { CORRELATION_ENABLED: 'false', X_CORRELATION_ID: 'job-1', TRACEPARENT },
    changes: {},
    stderr: '',
  },
]

/** What the command's environment has otherwise than ours. */
function changesOf(ours: Environment, { stdout }: CommandEnd): Readonly<Record<string, string | undefined>> {
  const theirs = JSON.parse(stdout) as Environment
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return Object.fromEntries(
    [...names].filter((name) => ours[name] !== theirs[name]).map((name) => [name, theirs[name]]),
  )
}

describe('the environment of a command under correlation run', { concurrency: 2 }, () => {
  for (const { title, env = {}, args = [], changes, stderr } of CASES) {
    it(`has the ID, the trace, and nothing else of ours: ${title}`, () => {
      const result = correlationRun([...args, '--', ...PRINT], env)
      const found = changesOf({ ...QUIET_ENV, ...env }, result)
      assert.deepEqual(Object.keys(found).sort(), Object.keys(changes).sort())
      for (const [name, expected] of Object.entries(changes)) {
        if (expected instanceof RegExp) assert.match(found[name] ?? '', expected, name)
        else assert.equal(found[name], expected, name)
      }
      const id = found['X_CORRELATION_ID'] ?? env['X_CORRELATION_ID']
      assert.equal(result.stderr, stderr ?? `correlation ID: ${id}\n`)
    })
  }

  it('is whole where there is next to none, as in cron', () => {
    const { code, stdout, stderr } = runIn({ OTEL_TRACES_EXPORTER: 'none' }, NODE, [
      CLI,
      'run',
      '--id',
      'cron-1',
      '--',
      ...PRINT,
    ])
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), { OTEL_TRACES_EXPORTER: 'none', ...given('cron-1') })
  })

  it('brings the ID to a script with the preload, and loads nothing into one without', () => {
    const script = [NODE, path.join(ROOT, 'test/fixtures/script-log.cjs')]
    const lines = (env: Environment) =>
      JSON.parse(correlationRun(['--id', 'job-7', '--', ...script], env).stdout) as Environment
    assert.equal(lines({ NODE_OPTIONS: `--require "${path.join(ROOT, 'register.cjs')}"` })['correlation_id'], 'job-7')
    assert.ok(!('correlation_id' in lines({})))
  })

  it('brings the ID to Python', {
    skip: spawnSync('python3', ['--version']).status !== 0 && 'there is no python3',
  }, () => {
    const script = 'import os; print(os.environ["X_CORRELATION_ID"], os.environ["BAGGAGE"])'
    const env = { HOME: process.env['HOME'] }
    const { stdout } = correlationRun(['--id', 'job-8', '--', 'python3', '-c', script], env)
    assert.equal(stdout, 'job-8 correlation.id=job-8\n')
  })
})
