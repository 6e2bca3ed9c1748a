// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { cpSync, existsSync, globSync, lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { App } from '../support/run-app.ts'
import { mustRun, runCommand } from '../support/run-command.ts'
import { createPod, OTHER_USER, type Pod, startInjected } from './injected-app.ts'

/** The operator's limit for the volume. */
const MAX_BYTES = 200 * 1024 * 1024
const FAST = { OTEL_METRIC_EXPORT_INTERVAL: '50' }
const FILES = ['express5.cjs', 'express5.mjs'] as const

let pod: Pod
before(() => {
  pod = createPod()
})
after(() => pod?.[Symbol.dispose]())

/** A volume that lacks something. */
function volumeWithout(t: TestContext, missing: string): string {
  const volume = `${pod.volume}-${path.basename(missing)}`
  t.after(() => rmSync(volume, { recursive: true, force: true }))
  cpSync(pod.volume, volume, { recursive: true, verbatimSymlinks: true })
  rmSync(path.join(volume, missing), { recursive: true })
  return volume
}

/** Sends one request that works and one that fails; checks header, log lines and page. */
async function assertCorrelated(app: App): Promise<void> {
  const headers = { 'x-correlation-id': 'order-1' }
  const response = await app.request('/', { headers })
  assert.equal(response.headers['x-correlation-id'], 'order-1')
  const failed = await app.request('/throw', { headers })
  assert.match(failed.body, /<p>Correlation ID: <code>order-1<\/code><\/p>/)
  const lines = await app.waitForLogs(3)
  assert.deepEqual(
    lines.map((line) => line['correlation_id']),
    ['order-1', 'order-1', 'order-1'],
  )
}

/** Express writes what the route threw; nothing else is there. */
function assertQuiet(app: App): void {
  assert.match(app.stderr, /^Error: thrown\n(?: {4}at .*\n)+$/)
}

describe('the folder of the image', () => {
  const entries = () => globSync('**/*', { cwd: pod.volume, withFileTypes: true })

  it('has what the operator asks for, and nothing that was only needed to make it', () => {
    assert.ok(existsSync(path.join(pod.volume, 'autoinstrumentation.js')))
    assert.ok(existsSync(path.join(pod.volume, 'node_modules/@org/correlation/register.cjs')))
    assert.deepEqual(globSync('*.tgz', { cwd: pod.volume }), [])
  })

  it('has no link that leads out of it', () => {
    const root = realpathSync(pod.volume)
    const links = entries().filter((entry) => entry.isSymbolicLink())
    for (const link of links) {
      assert.ok(realpathSync(path.join(link.parentPath, link.name)).startsWith(`${root}/`), link.name)
    }
  })

  it('can be read by everybody', () => {
    const unreadable = entries().filter((entry) => {
      const { mode } = lstatSync(path.join(entry.parentPath, entry.name))
      const wanted = entry.isDirectory() ? 0o005 : 0o004
      return !entry.isSymbolicLink() && (mode & wanted) !== wanted
    })
    assert.deepEqual(
      unreadable.map(({ name }) => name),
      [],
    )
  })

  it('names no folder of the machine that made it', () => {
    const texts = entries().filter((entry) => entry.isFile() && /\.(json|c?js|mjs)$/.test(entry.name))
    const found = texts.filter((entry) =>
      readFileSync(path.join(entry.parentPath, entry.name), 'utf8').includes('correlation-kubernetes-'),
    )
    assert.ok(texts.length > 100)
    assert.deepEqual(
      found.map(({ name }) => name),
      [],
    )
  })

  it('fits into the volume', () => {
    const [bytes] = mustRun('du', ['-s', '--block-size=1', pod.volume]).stdout.split('\t')
    assert.ok(Number(bytes) > 1_000_000 && Number(bytes) < MAX_BYTES / 2, bytes)
  })
})

describe('a service that the operator has injected it into', () => {
  for (const file of FILES) {
    for (const metrics of [undefined, 'otlp']) {
      it(`keeps the ID: ${file}, OTEL_METRICS_EXPORTER ${metrics ?? 'not set'}`, async (t) => {
        await using sink = await startOtlpSink()
        const app = await startInjected(t, pod, { file, sink, env: { ...FAST, OTEL_METRICS_EXPORTER: metrics } })
        await assertCorrelated(app)
        const spans = await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length === 2)
        for (const span of spans) {
          assert.equal(span.attributes['correlation.id'], 'order-1')
          assert.equal(span.resource['service.name'], 'shop')
          assert.equal(span.resource['k8s.pod.name'], 'shop-1')
        }
        assert.deepEqual(spans.map(({ attributes }) => attributes['http.route']).sort(), ['/', '/throw'])
        if (metrics === undefined) assert.deepEqual(sink.metrics, [])
        else await sink.waitForMetrics((all) => all.some(({ name }) => name === 'correlation.requests'))
        assertQuiet(app)
      })
    }

    it(`sends ID and baggage on to other services: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const behind = await startInjected(t, pod, { file, sink })
      const app = await startInjected(t, pod, { file, sink })
      await app.request(`/call?url=${behind.url}/`, { headers: { 'x-correlation-id': 'order-2' } })
      const [line] = await behind.waitForLogs(2)
      assert.equal(line?.['correlation_id'], 'order-2')
      const spans = await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length === 2)
      assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1)
    })

    it(`needs no SDK but the lean one: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const volume = volumeWithout(t, 'node_modules/@opentelemetry/sdk-node')
      const env = { ...FAST, OTEL_METRICS_EXPORTER: 'otlp' }
      const app = await startInjected(t, pod, { file, sink, volume, env })
      await assertCorrelated(app)
      await sink.waitForSpans(2)
      await sink.waitForMetrics((all) => all.some(({ name }) => name === 'correlation.requests'))
      assertQuiet(app)

      const full = await startInjected(t, pod, { file, sink, volume, env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } })
      assert.match(full.stderr, /@opentelemetry\/sdk-node, which has them, could not be loaded/)
    })

    it(`runs where it may write no file: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const nodeArgs = ['--permission', '--allow-fs-read=*']
      const app = await startInjected(t, pod, { file, sink, nodeArgs })
      await assertCorrelated(app)
      await sink.waitForSpans(2)
      assertQuiet(app)
      const write = ['-e', `require('fs').writeFileSync('${pod.service}/file', '')`]
      assert.match(runCommand(pod.node, [...nodeArgs, ...write]).stderr, /ERR_ACCESS_DENIED/)
    })

    it(`runs on a Node.js that is too old, which says so in one line: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await startInjected(t, pod, { file, sink, node: pod.oldNode })
      const { status, headers } = await app.request('/', { headers: { 'x-correlation-id': 'order-3' } })
      assert.equal(status, 200)
      assert.equal(headers['x-correlation-id'], undefined)
      assert.match(
        app.stderr,
        /^@org\/correlation: needs Node\.js 22\.15 or newer and found 20\.\S+; the application runs without it\.\n$/,
      )
    })

    it(`runs where the copy is not complete: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const volume = volumeWithout(t, 'node_modules/@org/correlation')
      const app = await startInjected(t, pod, { file, sink, volume })
      assert.equal((await app.request('/')).status, 200)
      assert.equal(
        app.stderr,
        '@org/correlation: could not be loaded (MODULE_NOT_FOUND); the application runs without it.\n',
      )
    })
  }

  it('is another user, who may not write to the volume', { skip: OTHER_USER === undefined }, async (t) => {
    await using sink = await startOtlpSink()
    const app = await startInjected(t, pod, { file: FILES[0], sink })
    const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${app.pid}/status`, 'utf8')) ?? []
    assert.equal(uid, `${OTHER_USER}`)
    const asUser = ['--reuid', uid, '--regid', uid, '--clear-groups', 'test', '-w', pod.volume] as string[]
    assert.equal(runCommand('setpriv', asUser).code, 1)
  })
})
