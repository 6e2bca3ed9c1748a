// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

/** Shorter than the pause before a retry: the first answer is the last. */
const NO_RETRY = { OTEL_EXPORTER_OTLP_TIMEOUT: '400' }

/** A collector that answers as it is told: a status, or never. */
async function startCollector(t: TestContext) {
  const collector = { status: 200 as number | 'never', port: 0 }
  const server = createServer((request, response) => {
    request.resume()
    if (collector.status === 'never') return
    response.writeHead(collector.status).end('\u001b[31m an answer that nobody should see')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  collector.port = (server.address() as AddressInfo).port
  return collector
}

const closedPort = async () => {
  const sink = await startOtlpSink()
  await sink.close()
  return sink.port
}

/** Puts in the place of standard error what can only be read. */
const UNWRITABLE = `import { closeSync, openSync } from 'node:fs'
closeSync(2)
if (openSync('/dev/null', 'r') !== 2) process.exit(9)`

const COMPONENT = {
  'otel.component.type': 'batching_span_processor',
  'otel.component.name': 'batching_span_processor/0',
}

const lines = (stderr: string) => stderr.split('\n').filter((line) => line !== '')

describe('spans that are lost', () => {
  it('are told of once where nobody listens, and counted at the end; credentials are not shown', async (t) => {
    const port = await closedPort()
    const env = { ...NO_RETRY, OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:secret@127.0.0.1:${port}` }
    const app = await runApp({ fixture: 'http.mjs', env, t })
    await app.request('/')
    await app.waitForStderr(/\n/)
    for (let i = 0; i < 4; i++) assert.equal((await app.request('/')).status, 200)
    assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
    assert.deepEqual(lines(app.stderr), [
      `@org/correlation: the export of spans to 127.0.0.1:${port} failed (ECONNREFUSED), and 1 span was lost; it is tried again with those that follow, of which up to 2048 are kept and newer ones dropped and counted. The application is not affected; OTEL_TRACES_EXPORTER=none exports no spans.`,
      `@org/correlation: 5 spans were lost: 127.0.0.1:${port} did not take them.`,
    ])
  })

  it('are told of once by a script that waits for its spans, with JSON too', async (t) => {
    const env = {
      ...NO_RETRY,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}`,
    }
    const app = await runApp({ fixture: 'script-spans.cjs', args: ['3'], serve: false, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    assert.match(app.stderr, /^@org\/correlation: .* failed \(ECONNREFUSED\), and 3 spans were lost;[^\n]*\n$/)
  })

  for (const [status, said] of [
    [503, 'HTTP status 429, 502, 503 or 504'],
    [401, 'HTTP status 401'],
    ['never', 'no answer in time'],
  ] as const) {
    it(`are told of where the collector answers ${status}, and told to be over when it recovers`, async (t) => {
      const collector = await startCollector(t)
      collector.status = status
      const env = { ...NO_RETRY, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` }
      const app = await runApp({ fixture: 'http.mjs', env, t })
      await app.request('/')
      await app.waitForStderr(/\n/)
      collector.status = 200
      await app.request('/')
      await app.waitForStderr(/\n.*\n/)
      await app.request('/')
      await app.stop()
      const [first, ...rest] = lines(app.stderr)
      assert.ok(first?.includes(` to 127.0.0.1:${collector.port} failed (${said}), and 1 span was lost;`), first)
      assert.deepEqual(rest, [
        `@org/correlation: spans are exported to 127.0.0.1:${collector.port} again; 1 span was lost.`,
      ])
    })
  }

  it('are told of where the queue is full, and the others arrive', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_BSP_MAX_QUEUE_SIZE: '10' }
    const app = await runApp({ fixture: 'script-spans.cjs', args: ['25'], serve: false, sink, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    assert.deepEqual(
      sink.spans.map(({ name }) => name),
      Array.from({ length: 20 }, (_, i) => `span ${i}`),
    )
    assert.deepEqual(lines(app.stderr), [
      `@org/correlation: spans end faster than 127.0.0.1:${sink.port} takes them: the queue of 10 is full (OTEL_BSP_MAX_QUEUE_SIZE), and newer spans are dropped and counted. The application is not affected.`,
      `@org/correlation: spans are exported to 127.0.0.1:${sink.port} again; 5 spans were lost.`,
    ])
  })

  it('are counted by the standard metric where metrics are on', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_METRICS_EXPORTER: 'otlp' }
    await runApp({ fixture: 'script-spans.cjs', args: ['25'], serve: false, sink, env, t })
    const processed = sink.metrics.findLast(({ name }) => name === 'otel.sdk.processor.span.processed')
    assert.equal(processed?.unit, '{span}')
    assert.deepEqual(
      processed?.points.filter(({ attributes }) => attributes['error.type'] === 'queue_full'),
      [{ attributes: { ...COMPONENT, 'error.type': 'queue_full' }, value: 5 }],
    )
  })

  it('are not told of by a script that ends before an export failed', async (t) => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}`,
      CORRELATION_SHUTDOWN_TIMEOUT_MS: '300',
    }
    const app = await runApp({ fixture: 'script-spans.cjs', args: ['3'], serve: false, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    assert.equal(app.stderr, '')
  })

  for (const [place, count] of [
    ['here', 1],
    ['thread', 0],
  ] as const) {
    it(`are told of by the main thread alone, as all else: ${place}`, async (t) => {
      const env = { ...NO_RETRY, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}` }
      const app = await runApp({ fixture: 'lifecycle.cjs', args: [place], serve: false, env, t })
      assert.deepEqual(await app.exited, { code: 0, signal: null })
      assert.equal(lines(app.stderr).length, count, app.stderr)
    })
  }

  it('do not hurt an application whose standard error cannot be written to', async (t) => {
    const env = { ...NO_RETRY, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}` }
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(UNWRITABLE)}`]
    const app = await runApp({ fixture: 'http.mjs', nodeArgs, env, t })
    await app.request('/')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    assert.equal((await app.request('/')).status, 200)
    assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
  })
})
