// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePorts } from '../support/free-ports.ts'
import { exchange } from '../support/proxy-exchange.ts'
import { valuesOf } from '../support/raw-response.ts'
import { RAW_OK, startRawSink } from '../support/raw-sink.ts'
import { UUID_V4 } from '../support/seen.ts'
import { startProxy } from '../support/start-proxy.ts'
import { PROXIES, type ProxyProgram } from './proxies.ts'
import { REFUSED } from './proxy-cases.ts'

/** What keeps the app's own header from being a second one, and how the file is without it. */
const WITHOUT: Readonly<Record<ProxyProgram['name'], readonly [part: string | RegExp, instead: string]>> = {
  nginx: [/^ *proxy_hide_header .*\n/m, ''],
  haproxy: ['http-after-response set-header', 'http-after-response add-header'],
  caddy: [/^\t\tdefer\n/m, ''],
  envoy: [
    /(response_headers_to_add:\n(?:.*\n)??.*append_action: )OVERWRITE_IF_EXISTS_OR_ADD/,
    '$1APPEND_IF_EXISTS_OR_ADD',
  ],
}

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const CADDY = PROXIES.find(({ name }) => name === 'caddy') as ProxyProgram
const TALKATIVE = RAW_OK.replace('\r\n', '\r\nX-Correlation-ID: from-the-app\r\n')

describe('a proxy whose file lacks', () => {
  for (const proxy of PROXIES) {
    it(`what keeps the header single returns two (${proxy.name})`, async () => {
      await using sink = await startRawSink(TALKATIVE)
      const [part, instead] = WITHOUT[proxy.name]
      const change = (text: string) => text.replace(part, instead)
      await using running = await startProxy(proxy, { upstreamPort: sink.port, change })
      const { headers } = await exchange(running, ['X-Correlation-ID: control-1']).catch(() => {
        // Its line is looked for as well, and may be one of two IDs.
        throw new Error(running.written)
      })
      assert.deepEqual(valuesOf({ headers }, 'x-correlation-id').toSorted(), ['control-1', 'from-the-app'])
    })

    it(`what accepts an ID gives each request its own, as the file says (${proxy.name})`, async () => {
      await using sink = await startRawSink(RAW_OK)
      const change = (text: string) => text.replace(proxy.acceptRule, '')
      await using running = await startProxy(proxy, { upstreamPort: sink.port, change })
      const exchanged = await exchange(running, ['X-Correlation-ID: client-1'])
      const [id = ''] = valuesOf(exchanged, 'x-correlation-id')
      assert.match(id, UUID_V4)
      assert.equal(exchanged.entry.id, id)
      assert.ok(sink.requests[0]?.head.toLowerCase().includes(`x-correlation-id: ${id}`), sink.requests[0]?.head)
      assert.ok(!sink.requests[0]?.head.includes('client-1'))
    })
  }

  it('care in the log changes what the app gets (caddy)', async () => {
    const changed = (text: string) =>
      text.replace(/(wrap json \{[^}]*\}\s*fields \{\n)/, '$1request>headers>Traceparent regexp "^.*$" "changed"\n')
    for (const [change, expected] of [
      [(text: string) => text, TRACEPARENT],
      [changed, 'changed'],
    ] as const) {
      await using sink = await startRawSink(RAW_OK)
      await using running = await startProxy(CADDY, { upstreamPort: sink.port, change })
      await exchange(running, [`Traceparent: ${TRACEPARENT}`])
      assert.ok(sink.requests[0]?.head.includes(`Traceparent: ${expected}`), sink.requests[0]?.head)
    }
  })

  it('a filter on its own log has a bad ID in it when it is told to debug (caddy)', async () => {
    const debugging = (text: string) => text.replace('admin off', 'admin off\n\tdebug')
    const careless = (text: string) => debugging(text).replace(/^\tlog \{\n\t\toutput stderr\n[\s\S]*?^\t\}\n/m, '')
    const [nobody = 0] = await freePorts(1)
    for (const [change, expected] of [
      [debugging, false],
      [careless, true],
    ] as const) {
      await using running = await startProxy(CADDY, { upstreamPort: nobody, change })
      await exchange(running, [`X-Correlation-ID: <${REFUSED}>`])
      assert.match(running.written, /"logger":"http\.log\.error/)
      assert.equal(running.written.includes(REFUSED), expected)
    }
  })
})
