// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createOtlpForwarder } from '../../../examples/demo/otlp-forwarder.ts'
import { request } from '../../support/http-request.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'

const BODY = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"one"}]}]}]}'
const HEADERS = { 'content-type': 'application/json', 'x-api-key': 'k' }

describe('createOtlpForwarder()', () => {
  it('sends on what a sink gets, compressed as it was and with the headers of the exporter', async () => {
    await using collector = await startOtlpSink()
    const forwarder = createOtlpForwarder(`${collector.url}/`)
    await using sink = await startOtlpSink({ onRequest: forwarder.forward })
    const headers = { ...HEADERS, 'content-encoding': 'gzip' }
    await request(`${sink.url}/v1/traces`, { method: 'POST', headers, body: gzipSync(BODY) })
    assert.deepEqual(await forwarder.settled(), [])
    assert.deepEqual(collector.spans, sink.spans)
    assert.equal(collector.spans[0]?.name, 'one')
    assert.equal(collector.requests[0]?.path, '/v1/traces')
    assert.equal(collector.requests[0]?.headers['x-api-key'], 'k')
  })

  it('names a collector that refuses and one that is not there, once each', async () => {
    const collector = await startOtlpSink({ status: 503 })
    const forwarder = createOtlpForwarder(collector.url)
    await using sink = await startOtlpSink({ onRequest: forwarder.forward })
    const send = () => request(`${sink.url}/v1/traces`, { method: 'POST', headers: HEADERS, body: BODY })
    await send()
    await send()
    assert.deepEqual(await forwarder.settled(), ['/v1/traces was answered with 503'])
    await collector.close()
    await send()
    const problems = await forwarder.settled()
    assert.equal(problems.length, 2)
    assert.match(problems[1] ?? '', /ECONNREFUSED/)
  })
})
