// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startOutbound } from '../support/outbound.ts'

describe('redirects and retries over one connection', () => {
  for (const client of ['undici redirects', 'undici retries', 'http redirects', 'fetch']) {
    it(`${client}: each hop has the ID and the trace of its own request`, async (t) => {
      await using otlp = await startOtlpSink()
      const paths: string[] = []
      const hosts = createServer((req, res) => {
        const [, hop, name] = (req.url ?? '').split('/')
        paths.push(`${hop}/${name}/${req.headers['x-correlation-id']}`)
        if (hop === '0') res.writeHead(302, { location: `http://127.0.0.2:${portOf(hosts)}/1/${name}` })
        else if (hop === '1' && client === 'undici retries' && !paths.includes(`again/${name}`)) {
          paths.push(`again/${name}`)
          res.writeHead(503)
        }
        setTimeout(() => res.end('ok'), 5)
      })
      await once(hosts.listen(0, '127.0.0.2'), 'listening')
      t.after(() => hosts.close())
      const { app } = await startOutbound(t, { sink: otlp })
      const ids = ['a-1', 'b-2', 'c-3', 'd-4', 'e-5']
      await Promise.all(
        ids.map((id) => {
          const body = JSON.stringify({ client, url: `http://127.0.0.2:${portOf(hosts)}/0/${id}` })
          return app.request('/', { method: 'POST', headers: ['X-Correlation-ID', id], body })
        }),
      )
      const expected = ids.flatMap((id) => [`0/${id}/${id}`, `1/${id}/${id}`])
      // A retry begins with the first hop.
      const again = ids.flatMap((id) =>
        client === 'undici retries' ? [`0/${id}/${id}`, `1/${id}/${id}`, `again/${id}`] : [],
      )
      assert.deepEqual(paths.sort(), [...expected, ...again].sort())
      const isClient = ({ kind }: { readonly kind: string }) => kind === 'CLIENT'
      const all = await otlp.waitForSpans((spans) => spans.filter(isClient).length >= expected.length)
      for (const { attributes } of all.filter(isClient)) {
        assert.equal(String(attributes['url.full']).split('/').at(-1), attributes['correlation.id'])
      }
    })
  }
})

const portOf = (server: Server) => (server.address() as AddressInfo).port
