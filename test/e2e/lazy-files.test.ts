// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const ALL = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' }

/** The package without, or with a broken copy of, the files named. */
function packageWithout(t: TestContext, files: readonly string[], content: string | undefined): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'correlation-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of ['register.cjs', 'package.json', 'dist']) {
    cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true })
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  for (const file of files) {
    if (content === undefined) rmSync(path.join(folder, 'dist', file))
    else writeFileSync(path.join(folder, 'dist', file), content)
  }
  return path.join(folder, 'register.cjs')
}

/** Each span once: what was on its way at an exit is sent again by the process that takes over. */
function spanNames({ spans }: OtlpSink): readonly string[] {
  return [...new Map(spans.map(({ spanId, name }) => [spanId, name])).values()]
}

describe('the files that are loaded later', { concurrency: 2 }, () => {
  for (const variant of [undefined, 'sabotage']) {
    for (const protocol of ['http/protobuf', 'http/json']) {
      const title =
        variant === undefined ? 'in an ordinary application' : 'where nothing of the application can be loaded'
      it(`send every signal by ${protocol} ${title}`, async (t) => {
        await using sink = await startOtlpSink()
        const env = { ...ALL, VARIANT: variant, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
        const app = await runApp({ fixture: 'lazy-files.cjs', serve: false, sink, env, t })
        assert.deepEqual(await app.exited, { code: 0, signal: null })
        assert.deepEqual(
          sink.spans.map(({ name }) => name),
          ['work'],
        )
        assert.deepEqual(new Set(sink.logs.map(({ body }) => body)), new Set(['a line']))
        assert.ok(sink.metrics.some(({ name, points }) => name === 'calls' && points[0]?.value === 1))
        assert.equal(app.stderr, '')
      })
    }
  }

  it('send what is left at an exit, too', async (t) => {
    await using sink = await startOtlpSink()
    const env = { ...ALL, VARIANT: 'sabotage', EXIT: 'true', OTEL_BSP_SCHEDULE_DELAY: '60000' }
    const app = await runApp({ fixture: 'lazy-files.cjs', serve: false, sink, env, t })
    assert.deepEqual(await app.exited, { code: 7, signal: null })
    assert.deepEqual(spanNames(sink), ['work'])
    assert.equal(new Set(sink.logs.map(({ body }) => body)).size, 1)
  })

  for (const [title, files, content, sent] of [
    ['the exporters are gone', ['otlp.cjs'], undefined, []],
    ['the exporters are broken', ['otlp.cjs'], 'throw null', []],
    ['the metrics are gone', ['metrics.cjs'], undefined, ['work']],
    ['the logs are broken', ['logs.cjs'], 'not JavaScript', ['work']],
    ['metrics, logs and exporters are gone', ['metrics.cjs', 'logs.cjs', 'otlp.cjs'], undefined, []],
  ] as const) {
    for (const exit of ['true', undefined]) {
      it(`let the application run where ${title}${exit === undefined ? '' : ', and it exits'}`, async (t) => {
        await using sink = await startOtlpSink()
        const nodeArgs = ['--require', packageWithout(t, files, content)]
        const env = { ...ALL, EXIT: exit }
        const app = await runApp({
          fixture: 'lazy-files.cjs',
          serve: false,
          preload: 'none',
          nodeArgs,
          sink,
          env,
          t,
        })
        assert.deepEqual(await app.exited, { code: exit === undefined ? 0 : 7, signal: null })
        assert.equal(app.logs[0]?.['message'], 'a line')
        assert.deepEqual(spanNames(sink), sent)
        assert.equal(app.stderr, '')
      })
    }
  }

  it('say so where OTEL_LOG_LEVEL asks for it', async (t) => {
    await using sink = await startOtlpSink()
    const nodeArgs = ['--require', packageWithout(t, ['metrics.cjs', 'otlp.cjs'], undefined)]
    const env = { ...ALL, OTEL_LOG_LEVEL: 'error' }
    const app = await runApp({ fixture: 'lazy-files.cjs', serve: false, preload: 'none', nodeArgs, sink, env, t })
    await app.exited
    assert.match(app.stderr, /what OTEL_METRICS_EXPORTER asks for could not be loaded/)
    assert.match(app.stderr, /the exporter could not be loaded; this batch is lost/)
  })
})
