// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assertOneId, exchange } from '../support/proxy-exchange.ts'
import { type RawSink, startRawSink } from '../support/raw-sink.ts'
import { type App, runApp } from '../support/run-app.ts'
import { type RunningProxy, startProxy } from '../support/start-proxy.ts'
import { PROXIES } from './proxies.ts'
import { CHARACTER_CASES, ID_CASES, type IdCase, REFUSED } from './proxy-cases.ts'

/** An app that answers with IDs of its own, which is what the client must not see. */
const TALKATIVE = [
  'HTTP/1.1 200 OK',
  'X-Correlation-ID: from-the-app-1',
  'x-correlation-id: from-the-app-2',
  'Content-Length: 2',
  'Connection: close',
  '',
  'ok',
].join('\r\n')

for (const proxy of PROXIES) {
  describe(`${proxy.name}, with ${proxy.file}`, () => {
    let app: App
    let sink: RawSink
    let toApp: RunningProxy
    let toSink: RunningProxy

    before(async () => {
      sink = await startRawSink(TALKATIVE)
      toSink = await startProxy(proxy, { upstreamPort: sink.port })
      app = await runApp({ fixture: 'express5.mjs', env: { OTEL_TRACES_EXPORTER: 'none' } })
      toApp = await startProxy(proxy, { upstreamPort: app.port })
    })
    after(async () => {
      await toApp?.[Symbol.asyncDispose]()
      await app?.[Symbol.asyncDispose]()
      await toSink?.[Symbol.asyncDispose]()
      await sink?.close()
    })

    /** What the upstream got, to the byte, is the one ID that the client and the log have. */
    async function throughTheSink({ lines, kept }: IdCase): Promise<void> {
      const exchanged = await exchange(toSink, lines)
      assert.equal(exchanged.status, 200)
      const id = assertOneId(exchanged, kept)
      const head = sink.requests.at(-1)?.head ?? ''
      assert.ok(head.startsWith(`GET ${exchanged.entry.uri} `), head)
      assert.deepEqual(
        head
          .split('\r\n')
          .filter((line) => /^x.correlation.id:/i.test(line))
          .map((line) => line.slice(17).trim()),
        [id],
      )
      if (kept === undefined) {
        assert.ok(!sink.requests.at(-1)?.head.includes(REFUSED), head)
        assert.ok(!toSink.written.includes(REFUSED), toSink.written)
      }
    }

    for (const one of ID_CASES) {
      it(`${one.kept === undefined ? 'makes a UUID for' : 'keeps'} ${one.title}`, async () => {
        await throughTheSink(one)

        const exchanged = await exchange(toApp, one.lines)
        assert.equal(exchanged.status, 200)
        const id = assertOneId(exchanged, one.kept)
        assert.ok(exchanged.body.includes(JSON.stringify({ header: id })), exchanged.body)
        const logs = await app.waitForLogs((all) => all.filter((line) => line['correlation_id'] === id).length >= 2)
        assert.deepEqual(
          logs.slice(-2).map((line) => line['correlation_id']),
          [id, id],
        )
      })
    }

    it('agrees with the package on every printable character, inside and at the beginning', async () => {
      for (const one of CHARACTER_CASES) {
        await throughTheSink(one).catch((error: Error) => {
          throw new Error(`${JSON.stringify(one.title)}: ${error.message}`, { cause: error })
        })
      }
    })

    it('writes a line that says what, when and how long', async () => {
      const began = Date.now()
      const { entry } = await exchange(toApp, [])
      assert.equal(entry.method, 'GET')
      assert.equal(entry.status, 200)
      assert.equal(entry.traceId, '')
      assert.ok(entry.seconds >= 0 && entry.seconds < 60, String(entry.seconds))
      // Some write whole seconds.
      assert.ok(Math.abs(entry.time.getTime() - began) < 60_000, String(entry.time))
    })
  })
}
