// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, it } from 'node:test'
import { request } from '../support/http-request.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { assertOneId, exchange, newUri } from '../support/proxy-exchange.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type App, runApp } from '../support/run-app.ts'
import { UUID_V4 } from '../support/seen.ts'
import { type RunningProxy, startProxy } from '../support/start-proxy.ts'
import { PROXIES } from './proxies.ts'

const ROUNDS = 60

for (const proxy of PROXIES) {
  describe(`${proxy.name} over connections that stay open`, () => {
    let sink: OtlpSink
    let app: App
    let running: RunningProxy

    before(async () => {
      sink = await startOtlpSink()
      app = await runApp({ fixture: 'express5.mjs', sink })
      running = await startProxy(proxy, { upstreamPort: app.port })
    })
    after(async () => {
      await running?.[Symbol.asyncDispose]()
      await app?.[Symbol.asyncDispose]()
      await sink?.close()
    })

    /** One request in turn has an ID, a bad one, none. */
    const headersOf = (id: string, index: number) =>
      [{ 'x-correlation-id': id }, { 'x-correlation-id': `<${id}>` }, {}][index % 3] ?? {}

    for (const { title, maxSockets } of [
      { title: 'one connection', maxSockets: 1 },
      { title: 'four connections at once', maxSockets: 4 },
    ]) {
      it(`keeps the IDs of ${ROUNDS} requests over ${title} apart`, async () => {
        const agent = new http.Agent({ keepAlive: true, maxSockets })
        const uris = Array.from({ length: ROUNDS }, () => newUri('/slow'))
        const answers = await Promise.all(
          uris.map((uri, index) =>
            request(`http://127.0.0.1:${running.port}${uri}&ms=${index % 5}`, {
              headers: headersOf(`sockets-${maxSockets}-${index}`, index),
              agent,
            }),
          ),
        )
        agent.destroy()
        const ids = answers.map(({ headers }) => String(headers['x-correlation-id']))
        assert.equal(new Set(ids).size, ROUNDS)
        for (const [index, id] of ids.entries()) {
          if (index % 3 === 0) assert.equal(id, `sockets-${maxSockets}-${index}`)
          else assert.match(id, UUID_V4)
          assert.deepEqual(JSON.parse(answers[index]?.body ?? ''), { header: id })
          const entry = await running.entryOf(`${uris[index]}&ms=${index % 5}`)
          assert.equal(entry.id, id)
        }
        assert.equal(running.entries().filter((entry) => ids.includes(entry.id)).length, ROUNDS)
      })
    }

    it('keeps the IDs of requests apart that were sent before the first answer', async () => {
      const uris = [newUri(), newUri(), newUri()]
      const heads = uris.map((uri, index) => {
        const last = index === uris.length - 1
        const id = index === 1 ? [] : [`X-Correlation-ID: pipelined-${index}`]
        return [`GET ${uri} HTTP/1.1`, 'Host: a.example', ...id, ...(last ? ['Connection: close'] : []), '', ''].join(
          '\r\n',
        )
      })
      await rawRequest(running.port, heads.join(''))
      const entries = await Promise.all(uris.map((uri) => running.entryOf(uri)))
      assert.equal(entries[0]?.id, 'pipelined-0')
      assert.match(entries[1]?.id ?? '', UUID_V4)
      assert.equal(entries[2]?.id, 'pipelined-2')
    })

    it("logs the trace ID that the client sent, which is the one of the app's spans and log lines", async () => {
      const traceId = '0af7651916cd43dd8448eb211c80319c'
      const spanId = 'b7ad6b7169203331'
      const lines = [`traceparent: 00-${traceId}-${spanId}-01`, 'X-Correlation-ID: traced-1']
      const exchanged = await exchange(running, lines)
      const id = assertOneId(exchanged, 'traced-1')
      assert.equal(exchanged.entry.traceId, traceId)
      const spans = await sink.waitForSpans((all) => all.some((span) => span.attributes['correlation.id'] === id))
      const span = spans.find(({ attributes }) => attributes['correlation.id'] === id)
      assert.equal(span?.traceId, traceId)
      assert.equal(span?.parentSpanId, spanId)
      const logs = await app.waitForLogs((all) => all.filter((line) => line['correlation_id'] === id).length >= 2)
      assert.ok(logs.filter((line) => line['correlation_id'] === id).every((line) => line['trace_id'] === traceId))
    })

    for (const traceparent of [
      '00-0af7651916cd43dd8448eb211c80319c',
      'x"y',
      '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
    ]) {
      it(`logs no trace ID for ${JSON.stringify(traceparent)}`, async () => {
        const { entry } = await exchange(running, [`traceparent: ${traceparent}`])
        assert.equal(entry.traceId, '')
      })
    }

    it("prefers the header to the client's baggage, and the app agrees", async () => {
      const exchanged = await exchange(running, ['baggage: correlation.id=from-baggage', 'X-Correlation-ID: header-1'])
      assertOneId(exchanged, 'header-1')
      assert.ok(exchanged.body.includes('header-1'))
      assertOneId(await exchange(running, ['baggage: correlation.id=from-baggage']), undefined)
    })
  })
}
