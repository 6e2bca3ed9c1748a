// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type Preload, runApp } from '../support/run-app.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const REGISTER = path.join(ROOT, 'register.cjs')

/** A second copy of the package, as another dependency of the application might bring it. */
function copyOf(t: TestContext, version?: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'correlation-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  for (const file of ['register.cjs', 'package.json', 'dist']) {
    cpSync(path.join(ROOT, file), path.join(directory, file), { recursive: true })
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'))
  if (version !== undefined) {
    const file = path.join(directory, 'dist/preload.cjs')
    const own = (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }).version
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"${own}"`, `"${version}"`))
  }
  return directory
}

/** One request: an ID in the answer, in the log and on its spans, and each span once. */
async function actsOnce(
  t: TestContext,
  options: Partial<Parameters<typeof runApp>[0]>,
  fixture: string,
  stderr: RegExp,
) {
  await using sink = await startOtlpSink()
  const app = await runApp({ fixture, sink, t, ...options })
  const { headers } = await app.request('/')
  const id = headers['x-correlation-id']
  assert.match(String(id), /^[0-9a-f-]{36}$/)
  const logs = await app.waitForLogs(2)
  assert.deepEqual(new Set(logs.map((line) => line['correlation_id'])), new Set([id]))
  await sink.waitForSpans(1)
  assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
  assert.deepEqual(
    sink.spans.map(({ kind, attributes }) => [kind, attributes['correlation.id']]),
    [['SERVER', id]],
  )
  assert.match(app.stderr, stderr)
}

describe('the preload', { concurrency: 2 }, () => {
  for (const preload of ['import', 'require', 'node-options'] satisfies Preload[]) {
    for (const fixture of ['http.mjs', 'http.cjs']) {
      it(`works by ${preload} for ${fixture}`, (t) => actsOnce(t, { preload }, fixture, /^$/))
    }
  }

  it('acts once when it is loaded by two flags and NODE_OPTIONS together', (t) => {
    const env = { NODE_OPTIONS: `--require ${REGISTER}` }
    return actsOnce(t, { nodeArgs: ['--require', '@org/correlation/register'], env }, 'http.mjs', /^$/)
  })

  it('acts once and is silent when another copy of the same version is loaded', (t) =>
    actsOnce(t, { nodeArgs: ['--require', path.join(copyOf(t), 'register.cjs')] }, 'http.cjs', /^$/))

  it('acts once and warns once when a copy of another version is loaded', (t) => {
    const line = /^@org\/correlation: version \S+ was loaded after version 9\.9\.9; the first one stays in charge\.\n$/
    return actsOnce(t, { nodeArgs: ['--require', path.join(copyOf(t, '9.9.9'), 'register.cjs')] }, 'http.cjs', line)
  })

  for (const place of ['here', 'thread', 'fork', 'cluster']) {
    it(`works where a request is served: ${place}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'lifecycle.cjs', args: [place], sink, serve: false, t })
      assert.deepEqual(await app.exited, { code: 0, signal: null })
      const id = app.logs.find((line) => 'header' in line)?.['header']
      assert.match(String(id), /^[0-9a-f-]{36}$/)
      assert.equal(app.logs.find((line) => line['message'] === 'served')?.['correlation_id'], id)
      const server = sink.spans.filter(({ kind }) => kind === 'SERVER')
      assert.deepEqual(
        server.map(({ attributes }) => attributes['correlation.id']),
        [id],
      )
      assert.equal(app.stderr, '')
    })
  }

  it('is not there for a thread without flags, and there by NODE_OPTIONS', async (t) => {
    for (const [preload, there] of [
      ['import', false],
      ['node-options', true],
    ] as const) {
      const env = { OTEL_TRACES_EXPORTER: 'none' }
      const args = ['thread without flags']
      const app = await runApp({ fixture: 'lifecycle.cjs', args, preload, env, serve: false, t })
      const line = app.logs.find((one) => 'header' in one)
      assert.equal(typeof line?.['header'] === 'string', there)
    }
  })

  it('never keeps the process alive: one request and a closed server are its end', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' }
    const app = await runApp({ fixture: 'lifecycle.cjs', args: ['here'], sink, env, serve: false, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    // A flush is work, after which Node asks again whether there is more: it must not go on for ever.
    assert.ok(sink.requests.filter(({ path: to }) => to === '/v1/metrics').length <= 2)
    assert.ok(sink.logs.length === 1)
  })
})

describe('a preload that cannot work', () => {
  const run = (nodeArgs: readonly string[], t: TestContext) =>
    runApp({ fixture: 'exit-code.cjs', args: ['exit-code'], preload: 'none', nodeArgs, serve: false, t })

  it('says so in one line and lets the application run: nothing was built', async (t) => {
    const copy = copyOf(t)
    rmSync(path.join(copy, 'dist'), { recursive: true })
    const app = await run(['--require', path.join(copy, 'register.cjs')], t)
    assert.deepEqual(await app.exited, { code: 5, signal: null })
    assert.match(app.stderr, /^@org\/correlation: could not be loaded \(.*\); the application runs without it\.\n$/)
  })

  it('says so in one line and lets the application run: what was built is broken', async (t) => {
    const copy = copyOf(t)
    writeFileSync(path.join(copy, 'dist/preload.cjs'), 'throw null')
    const app = await run(['--require', path.join(copy, 'register.cjs')], t)
    assert.deepEqual(await app.exited, { code: 5, signal: null })
    assert.equal(
      app.stderr,
      '@org/correlation: could not be loaded (unknown error); the application runs without it.\n',
    )
  })

  it('says so in one line and lets the application run: Node is too old', async (t) => {
    const old = path.join(copyOf(t), 'old.cjs')
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.14.0' } })",
    )
    const app = await run(
      ['--require', old, '--require', REGISTER, '--require', path.join(copyOf(t), 'register.cjs')],
      t,
    )
    assert.deepEqual(await app.exited, { code: 5, signal: null })
    const line = 'needs Node.js 22.15 or newer and found 22.14.0; the application runs without it.'
    assert.equal(app.stderr, `@org/correlation: ${line}\n`)
  })

  it('is silent where nobody reads what it writes', () => {
    // A pipe whose reader is gone: process.stderr would report it as an uncaught exception.
    const node = process.env['CORRELATION_TEST_NODE'] ?? process.execPath
    const command = `{ sleep 0.3; CORRELATION_SDK=nonsense "${node}" --require "${REGISTER}" -e 'process.exitCode = 5'; echo $? >&3; } 2>&1 | true`
    const { output } = spawnSync('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], encoding: 'utf8' })
    assert.equal(output[3]?.trim(), '5')
  })

  it('lets an application run that may start no child', async (t) => {
    const app = await runApp({
      fixture: 'exit-code.cjs',
      args: ['exit'],
      nodeArgs: ['--permission', '--allow-fs-read=*'],
      serve: false,
      t,
    })
    assert.deepEqual(await app.exited, { code: 6, signal: null })
  })

  it('stops the start with CORRELATION_STRICT alone', async (t) => {
    for (const [strict, code] of [
      ['true', 1],
      ['false', 5],
    ] as const) {
      const env = { CORRELATION_STRICT: strict, CORRELATION_SDK: 'nonsense' }
      const app = await runApp({ fixture: 'exit-code.cjs', args: ['exit-code'], env, serve: false, t })
      assert.deepEqual(await app.exited, { code, signal: null })
      assert.match(app.stderr, /CORRELATION_SDK/)
    }
  })
})
