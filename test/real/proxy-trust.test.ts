// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertOneId, exchange } from '../support/proxy-exchange.ts'
import { runApp } from '../support/run-app.ts'
import { startProxy } from '../support/start-proxy.ts'
import { PROXIES } from './proxies.ts'

/** What the service is told about its peer, which is the proxy on 127.0.0.1, and whether it then takes the proxy's ID. */
const CASES: readonly (readonly [trust: string, adopted: boolean])[] = [
  ['all', true],
  ['loopback', true],
  ['internal', true],
  ['127.0.0.1/32', true],
  ['10.0.0.0/8', false],
  ['none', false],
]

describe('a service behind a proxy', () => {
  for (const [trust, adopted] of CASES) {
    it(`${adopted ? 'has the ID of the access log' : 'has another ID than the access log'} with CORRELATION_TRUST=${trust}`, async (t) => {
      const env = { OTEL_TRACES_EXPORTER: 'none', CORRELATION_TRUST: trust }
      const app = await runApp({ fixture: 'express5.mjs', env, t })
      for (const [index, proxy] of PROXIES.entries()) {
        await using running = await startProxy(proxy, { upstreamPort: app.port })
        // The client is a stranger, and says so: the peer of the connection is what counts.
        const exchanged = await exchange(running, [`X-Correlation-ID: edge-${index}`, 'X-Forwarded-For: 203.0.113.9'])
        const id = assertOneId(exchanged, `edge-${index}`)
        const logs = await app.waitForLogs(2 * index + 2)
        assert.deepEqual(
          logs.slice(-2).map((line) => line['correlation_id'] === id),
          [adopted, adopted],
          proxy.name,
        )
      }
    })
  }
})
