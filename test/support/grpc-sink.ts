// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from 'node:test'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { decodeOtlp, type SinkSpan } from './otlp-decode.ts'

/** Starts a receiver of spans over OTLP/gRPC on a free port of the loopback interface. */
export async function startGrpcSink(
  t: TestContext,
): Promise<{ readonly url: string; readonly spans: readonly SinkSpan[] }> {
  const spans: SinkSpan[] = []
  const server = new Server()
  const identity = (bytes: Buffer) => bytes
  const definition = {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  }
  server.addService(
    { Export: definition },
    {
      Export: (call: { readonly request: Buffer }, callback: (error: null, answer: Buffer) => void) => {
        spans.push(...decodeOtlp('/v1/traces', 'application/x-protobuf', call.request).spans)
        // An empty message.
        callback(null, Buffer.alloc(0))
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  t.after(() => server.forceShutdown())
  return { url: `http://127.0.0.1:${port}`, spans }
}
