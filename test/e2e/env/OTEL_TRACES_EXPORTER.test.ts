// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'

describe('OTEL_TRACES_EXPORTER', () => {
  for (const [value, count] of [
    [undefined, 1],
    ['otlp', 1],
    ['otlp, OTLP', 1],
    ['none', 0],
    ['none,otlp', 0],
    ['nonsense', 0],
  ] as const) {
    it(`${value} sends ${count} batches of spans, and correlation works`, async (t) => {
      const one = await oneRequest(t, { OTEL_TRACES_EXPORTER: value })
      assert.equal(one.response.headers['x-correlation-id'], ID)
      assert.equal((await one.app.waitForLogs(2))[0]?.['correlation_id'], ID)
      assert.deepEqual(await sentAtEnd(one), count === 0 ? {} : { '/v1/traces': count })
    })
  }

  it('console prints them', async (t) => {
    const { app } = await oneRequest(t, { OTEL_TRACES_EXPORTER: 'console' })
    await app.stop()
    const output = app.stdout.join('\n')
    assert.match(output, /name: 'GET'/)
    assert.match(output, /'correlation\.id': 'env-1'/)
  })

  it('console,otlp does both', async (t) => {
    const one = await oneRequest(t, { OTEL_TRACES_EXPORTER: 'console,otlp' })
    assert.deepEqual(await sentAtEnd(one), { '/v1/traces': 1 })
    assert.match(one.app.stdout.join('\n'), /'correlation\.id': 'env-1'/)
  })

  it('zipkin sends them there, by sdk-node', async (t) => {
    const bodies: string[] = []
    const server = createServer(async (req, res) => {
      bodies.push(await text(req))
      res.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const endpoint = `http://127.0.0.1:${port}/api/v2/spans`
    const one = await oneRequest(t, { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: endpoint })
    await one.app.stop()
    assert.match(bodies.join(), /"correlation\.id":"env-1"/)
    assert.deepEqual(one.sink.requests, [])
  })
})
