// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENDINGS, type Ending, runToItsEnd } from '../support/exit-app.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type Exit, runApp } from '../support/run-app.ts'

const FAR = 60_000

/** Every answered request has its server span, once. */
async function losesNothing(
  t: TestContext,
  ending: Ending,
  env: Readonly<Record<string, string | undefined>>,
  requests = 3,
): Promise<void> {
  await using sink = await startOtlpSink()
  const { app, exit } = await runToItsEnd(ending, { t, sink, env, requests })
  assert.deepEqual(exit, ending.exit)
  if (ending.worker !== undefined) assert.deepEqual(app.logs.at(-1)?.['worker'], ending.worker)
  const ids = sink.spans.map((span) => span.spanId)
  assert.equal(new Set(ids).size, requests)
  assert.equal(ids.length, requests, 'no span comes twice')
  for (const { kind, attributes } of sink.spans) {
    assert.equal(kind, 'SERVER')
    // Upstream ends the span of a handler that throws before it has a status.
    if (ending.args[0] !== 'throw') assert.equal(attributes['http.response.status_code'], 200)
    assert.match(String(attributes['correlation.id']), /^[0-9a-f-]{36}$/)
  }
}

const named = (title: string) => ENDINGS.find((ending) => ending.title === title) as Ending

describe('spans of answered requests', { concurrency: 2 }, () => {
  // What ends a process differently is the protocol's business in three ways: beforeExit, a signal, the child.
  for (const [protocol, endings] of [
    ['http/protobuf', ENDINGS],
    ['http/json', ['a natural end', 'SIGTERM that nobody handles', 'SIGTERM, closed and exited'].map(named)],
  ] as const) {
    for (const ending of endings) {
      it(`are all sent over ${protocol} at ${ending.title}`, (t) =>
        losesNothing(t, ending, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }))
    }
  }

  for (const title of ['a natural end', 'SIGTERM that nobody handles', 'SIGTERM, closed and exited']) {
    it(`are all sent from a queue of 2,000 at ${title}`, (t) =>
      losesNothing(t, named(title), { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048' }, 2000))
  }

  it('are lost with the mechanism off', async (t) => {
    for (const ending of ENDINGS.filter(({ args }) => args[0] !== 'close-code')) {
      await assert.rejects(
        losesNothing(t, ending, { CORRELATION_SHUTDOWN_TIMEOUT_MS: '0' }),
        /0 !== 3/,
        `${ending.title} sends nothing by itself`,
      )
    }
  })
})

/** Accepts and never answers. */
async function startBlackHole(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`
}

/** A port that nobody listens on. */
async function closedPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('without a collector', { concurrency: 2 }, () => {
  for (const [what, start, endings] of [
    ['a closed port', closedPort, ['a natural end', 'SIGTERM, closed and exited'].map(named)],
    ['a collector that never answers', startBlackHole, ENDINGS.filter(({ args }) => args[0] !== 'close-code')],
  ] as const) {
    for (const ending of endings) {
      it(`${ending.title} ends as without the preload, no later than the timeout: ${what}`, async (t) => {
        const url = await start(t)
        const plain = await runToItsEnd(ending, { t, preload: 'none' })
        const env = { CORRELATION_SHUTDOWN_TIMEOUT_MS: '500' }
        const { app, exit, ms } = await runToItsEnd(ending, { t, sink: { url }, env })
        assert.deepEqual(exit, plain.exit)
        assert.deepEqual(app.logs.at(-1)?.['worker'], plain.app.logs.at(-1)?.['worker'])
        // The harness itself stops an application after ten seconds.
        assert.ok(ms < plain.ms + 500 + 3000, `${ms} ms, and ${plain.ms} ms without the preload`)
      })
    }
  }

  it('waits for a timeout that is long enough, which shows that the bound above is one', async (t) => {
    const url = await startBlackHole(t)
    const env = { CORRELATION_SHUTDOWN_TIMEOUT_MS: String(FAR) }
    const running = runToItsEnd(named('process.exit() right after the answer'), { t, sink: { url }, env })
    const first = await Promise.race([running, sleep(2000, 'still exiting')])
    assert.equal(first, 'still exiting')
  })
})

describe('a thread that waits for work without an event loop, as those of piscina do', { concurrency: 2 }, () => {
  for (const [ending, exit] of [
    ['natural', { code: 0, signal: null }],
    ['exit', { code: 3, signal: null }],
    ['SIGTERM', { code: null, signal: 'SIGTERM' }],
  ] as const satisfies readonly (readonly [string, Exit])[]) {
    // Long before it would be given up.
    it(`is not waited for where it has nothing to send: ${ending}`, { timeout: FAR / 2 }, async (t) => {
      const env = { CORRELATION_SHUTDOWN_TIMEOUT_MS: String(FAR) }
      const app = await runApp({ fixture: 'blocked-thread.cjs', args: [ending], env, serve: false, t })
      assert.deepEqual(await app.exited, exit)
    })
  }
})
