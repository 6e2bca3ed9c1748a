// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freePorts } from '../support/free-ports.ts'
import { request } from '../support/http-request.ts'
import { assertOneId, type Exchange, exchange, newUri } from '../support/proxy-exchange.ts'
import { valuesOf } from '../support/raw-response.ts'
import { type App, runApp } from '../support/run-app.ts'
import { type RunningProxy, startProxy } from '../support/start-proxy.ts'
import { PROXIES } from './proxies.ts'
import { REFUSED } from './proxy-cases.ts'

/** What a client may send, and the ID that its error has. */
const CLIENTS: readonly (readonly [title: string, lines: readonly string[], kept: string | undefined])[] = [
  ['of a client with an ID', ['X-Correlation-ID: customer-1'], 'customer-1'],
  ['of a client without one', [], undefined],
  ['of a client with a bad one', [`X-Correlation-ID: <b>${REFUSED}</b>`], undefined],
]

function assertPage(exchanged: Exchange, kept: string | undefined): void {
  const id = assertOneId(exchanged, kept)
  assert.match(valuesOf(exchanged, 'content-type').join(), /^text\/html/)
  assert.ok(exchanged.body.includes(`<h1>Error ${exchanged.status}</h1>`), exchanged.body)
  assert.ok(exchanged.body.includes(`<p>Correlation ID: <code>${id}</code></p>`), exchanged.body)
}

for (const proxy of PROXIES) {
  describe(`the errors of ${proxy.name}`, () => {
    let app: App
    let toApp: RunningProxy
    let toNobody: RunningProxy

    before(async () => {
      const [nobody = 0] = await freePorts(1)
      toNobody = await startProxy(proxy, { upstreamPort: nobody })
      app = await runApp({ fixture: 'express5.mjs', env: { OTEL_TRACES_EXPORTER: 'none' } })
      toApp = await startProxy(proxy, { upstreamPort: app.port })
    })
    after(async () => {
      await toApp?.[Symbol.asyncDispose]()
      await app?.[Symbol.asyncDispose]()
      await toNobody?.[Symbol.asyncDispose]()
    })

    it('logs the method of the request that failed', async () => {
      const uri = newUri()
      const url = `http://127.0.0.1:${toNobody.port}${uri}`
      const { status } = await request(url, { method: 'POST', body: 'x' })
      assert.equal(status, proxy.deadStatus)
      assert.equal((await toNobody.entryOf(uri)).method, 'POST')
    })

    for (const [title, lines, kept] of CLIENTS) {
      it(`has the ID ${title} in its ${proxy.deadStatus} for an app that is gone`, async () => {
        const exchanged = await exchange(toNobody, lines)
        assert.equal(exchanged.status, proxy.deadStatus)
        assertPage(exchanged, kept)
        assert.ok(!toNobody.written.includes(REFUSED), toNobody.written)
      })

      it(`has the ID ${title} in a 404 of its own, which the app does not see`, async () => {
        const uri = newUri('/.git/config')
        const exchanged = await exchange(toApp, lines, uri)
        assert.equal(exchanged.status, 404)
        assertPage(exchanged, kept)
        const past = await exchange(toApp, lines, newUri('/.well-known/none'))
        assert.match(past.body, /Cannot GET \/\.well-known\/none/)
        assert.ok(!toApp.written.includes(REFUSED), toApp.written)
      })

      it(`leaves the app's own errors alone, with the ID ${title}`, async () => {
        for (const [path, status, text] of [
          ['/missing', 404, 'Cannot GET /missing'],
          ['/throw', 500, 'Error: thrown'],
        ] as const) {
          const exchanged = await exchange(toApp, lines, newUri(path))
          assert.equal(exchanged.status, status)
          const id = assertOneId(exchanged, kept)
          assert.ok(exchanged.body.includes(text), exchanged.body)
          assert.ok(exchanged.body.includes(`<p>Correlation ID: <code>${id}</code></p>`), exchanged.body)
        }
      })
    }
  })
}
