// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startGrpcSink } from '../../support/grpc-sink.ts'
import { ID, oneRequest } from '../../support/one-request.ts'
import { runApp } from '../../support/run-app.ts'

describe('OTEL_EXPORTER_OTLP_PROTOCOL', () => {
  for (const [env, type] of [
    [{}, 'application/x-protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, 'application/x-protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'application/json'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'nonsense' }, 'application/x-protobuf'],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
      'application/x-protobuf',
    ],
  ] as const) {
    it(`${JSON.stringify(env)} sends ${type}, also from the child at exit`, async (t) => {
      const { sink, app } = await oneRequest(t, env, { fixture: 'exiting.cjs' })
      await sink.waitForSpans(1)
      await app.request('/').then(() => app.request('/exit').catch(() => undefined))
      await app.exited
      assert.ok(sink.spans.length >= 2)
      for (const span of sink.spans.slice(0, 1)) assert.equal(span.attributes['correlation.id'], ID)
      assert.deepEqual(new Set(sink.requests.map(({ headers }) => headers['content-type'])), new Set([type]))
      assert.deepEqual(sink.errors, [])
    })
  }

  it('grpc sends over gRPC, by sdk-node; correlation is the same', async (t) => {
    const grpc = await startGrpcSink(t)
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: grpc.url }
    const app = await runApp({ fixture: 'express5.mjs', env, t })
    const response = await app.request('/', { headers: { 'x-correlation-id': ID } })
    assert.equal(response.headers['x-correlation-id'], ID)
    const [line] = await app.waitForLogs(2)
    assert.equal(line?.['correlation_id'], ID)
    await app.stop()
    assert.deepEqual(
      grpc.spans.map(({ name, traceId, attributes }) => [name, traceId, attributes['correlation.id']]),
      [['GET /', line?.['trace_id'], ID]],
    )
  })
})
