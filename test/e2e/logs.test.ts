// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type LogLine, runApp } from '../support/run-app.ts'
import { copyWinston } from '../support/winston-copy.ts'

const CASES = [
  ...['plain', 'meta', 'record', 'object', 'child', 'grandchild', 'copy', 'global', 'error', 'error-format', 'to-json'],
  ...[
    'dom-exception',
    'private',
    'splat',
    'printf',
    'clone',
    'transport-format',
    'write',
    'stream',
    'timer',
    'profile',
  ],
  ...['reused', 'frozen', 'awaited'],
]
/** The application wrote the field itself. */
const OWN = ['own', 'own-child']

interface Mode {
  readonly env: Readonly<Record<string, string>>
  /** Whether lines of a request have a trace; undefined where it does not matter. */
  readonly hasTrace: boolean
}

const MODES: Readonly<Record<string, Mode>> = {
  'with tracing on': { env: {}, hasTrace: true },
  unsampled: { env: { OTEL_TRACES_SAMPLER: 'always_off' }, hasTrace: true },
  'with tracing off': { env: { OTEL_TRACES_EXPORTER: 'none' }, hasTrace: false },
  'with the SDK disabled': { env: { OTEL_SDK_DISABLED: 'true' }, hasTrace: false },
  'without the http instrumentation': { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }, hasTrace: false },
  'with records sent over OTLP': { env: { OTEL_LOGS_EXPORTER: 'console' }, hasTrace: true },
}

const FIELDS = ['correlation_id', 'trace_id', 'span_id', 'trace_flags']
const NO_COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', CORRELATION_SHUTDOWN_TIMEOUT_MS: '1' }

async function logEveryWay(t: TestContext, env: Mode['env']) {
  const app = await runApp({
    fixture: 'winston-cases.cjs',
    args: [copyWinston(t)],
    env: { ...NO_COLLECTOR, ...env },
    t,
  })
  const all = [...CASES, ...OWN, 'pretty', 'untouched']
  for (const name of all) await app.request(`/${name}`, { headers: { 'x-correlation-id': `id-${name}` } })
  await app.waitForLogs((lines) =>
    lines.some((line) => JSON.stringify(line).includes('"keys of"') && is(line, 'inside')),
  )
  return app
}

const is = (line: LogLine, text: string) => JSON.stringify(line).includes(text)

function only(lines: readonly LogLine[], text: string): LogLine {
  const found = lines.filter((line) => is(line, text))
  assert.equal(found.length, 1, `one line with "${text}", got ${JSON.stringify(found)}`)
  return found[0] as LogLine
}

/** What every line of every case must hold; also run where the mechanism is off, to see that it can fail. */
function assertStamped(lines: readonly LogLine[], name: string, hasTrace: boolean): void {
  const inside = only(lines, `inside ${name}.`)
  assert.equal(inside['correlation_id'], `id-${name}`, name)
  assert.equal(/^[0-9a-f]{32}$/.test(String(inside['trace_id'])), hasTrace, `${name}: trace_id`)
  assert.equal(/^[0-9a-f]{16}$/.test(String(inside['span_id'])), hasTrace, `${name}: span_id`)
}

describe('winston', () => {
  for (const [mode, { env, hasTrace }] of Object.entries(MODES)) {
    it(`has the request's ID on every line of every kind ${mode}, and on no other`, async (t) => {
      const { logs } = await logEveryWay(t, env)
      for (const name of CASES) {
        assertStamped(logs, name, hasTrace)
        const outside = only(logs, `outside ${name}.`)
        for (const field of FIELDS) assert.ok(!(field in outside), `${name}: ${field} outside of requests`)
      }
      for (const name of OWN) {
        assert.equal(only(logs, `inside ${name}.`)['correlation_id'], 'own')
        assert.equal(only(logs, `outside ${name}.`)['correlation_id'], 'own')
      }
    })
  }

  it('changes no object of the application, and adds nothing but fields', async (t) => {
    const { logs, stdout } = await logEveryWay(t, {})
    const line = logs.find((each) => each['message'] === 'keys of' && is(each, 'inside'))
    assert.deepEqual(line?.['keys'], ['message', 'level', 'Symbol(level)'])
    const at = stdout.findIndex((each) => each.includes('inside pretty.'))
    const pretty = stdout.slice(at - 1, at + 7).join('\n')
    assert.match(
      pretty,
      /^\{\n {2}message: 'inside pretty\.',\n {2}level: 'info',\n {2}correlation_id: 'id-pretty',\n {2}trace_id: '\w{32}',\n {2}span_id: '\w{16}',\n {2}trace_flags: '01'\n\}/,
    )
  })

  for (const [title, env] of Object.entries({
    'correlation disabled': { CORRELATION_ENABLED: 'false' },
    'the winston instrumentation disabled': { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'winston' },
  })) {
    it(`fails every one of these assertions with ${title}`, async (t) => {
      const { logs } = await logEveryWay(t, env)
      for (const name of CASES) assert.throws(() => assertStamped(logs, name, true), assert.AssertionError, name)
    })
  }

  for (const fixture of ['express5.mjs', 'express5.cjs', 'express4/app.mjs', 'express4/app.cjs', 'http.mjs']) {
    it(`has it in ${fixture}, across awaits and on error paths`, async (t) => {
      const app = await runApp({ fixture, env: NO_COLLECTOR, t })
      const paths = ['/', '/slow?ms=5', '/throw', '/reject']
      await Promise.all(
        paths.map((path) => app.request(path, { headers: { 'x-correlation-id': `id${path.split('?')[0]}` } })),
      )
      const logs = await app.waitForLogs(6)
      const ids = (text: string) =>
        logs.filter((line) => String(line['message']).includes(text)).map((line) => line['correlation_id'])
      assert.deepEqual(ids('line'), ['id/', 'id/'])
      assert.deepEqual(ids('the wait'), ['id/slow', 'id/slow'])
      assert.deepEqual(ids('about to throw'), ['id/throw'])
      assert.deepEqual(ids('about to reject'), ['id/reject'])
      for (const line of logs) assert.match(String(line['trace_id']), /^[0-9a-f]{32}$/)
    })
  }
})

describe("winston's exception and rejection handlers", () => {
  const FAILURES = ['/timer', '/tick', '/emitter', '/rejection']
  const run = async (t: TestContext, env: Mode['env']) => {
    const app = await runApp({
      fixture: 'winston-exceptions.cjs',
      args: ['outside'],
      env: { ...NO_COLLECTOR, ...env },
      t,
    })
    for (const path of FAILURES) await app.request(path, { headers: { 'x-correlation-id': `id${path}` } })
    const logs = await app.waitForLogs(FAILURES.length + 1)
    return Object.fromEntries(logs.map((line) => [String(line['message']).split('\n')[0], line['correlation_id']]))
  }
  const lines = (id: (path: string) => string | undefined) => ({
    'uncaughtException: thrown outside': undefined,
    'uncaughtException: thrown in a timer': id('/timer'),
    'uncaughtException: thrown in a tick': id('/tick'),
    'uncaughtException: thrown in an emitter': id('/emitter'),
    'unhandledRejection: rejected': id('/rejection'),
  })

  it('log under the ID of the request that failed', async (t) => {
    const ids = await run(t, {})
    assert.deepEqual(
      ids,
      lines((path) => `id${path}`),
    )
  })
  it('log without an ID when correlation is off', async (t) => {
    const ids = await run(t, { CORRELATION_ENABLED: 'false' })
    assert.deepEqual(
      ids,
      lines(() => undefined),
    )
  })
})
