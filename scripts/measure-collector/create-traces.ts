// SPDX-License-Identifier: Apache-2.0
import { SpanKind, TraceFlags } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { spanWith } from '../../test/support/readable-span.ts'

const TRACES = 50
const SPANS_IN_A_TRACE = 10
export const SPANS_IN_A_REQUEST = TRACES * SPANS_IN_A_TRACE

/** What a server span of this package has. */
const ATTRIBUTES = {
  'http.request.method': 'GET',
  'http.response.status_code': 200,
  'http.route': '/checkout/:item',
  'url.path': '/checkout/tea',
  'url.scheme': 'http',
  'server.address': 'shop',
  'server.port': 3000,
  'network.peer.address': '10.4.7.11',
  'network.peer.port': 50312,
  'network.protocol.version': '1.1',
  'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  'correlation.id': '6f9619ff-8b86-4011-b42d-00c04fc964ff',
}

export interface Traces {
  /** A request of OTLP in protobuf. */
  readonly body: Uint8Array
  /** Writes other trace and span IDs into a copy of it. */
  newIds(copy: Buffer, fill: (bytes: Buffer) => unknown): void
}

/** Encodes traces once; each further request is a copy with other IDs, so that encoding costs nothing while something is measured. */
export function createTraces(): Traces {
  const now = Math.round(Date.now() / 1000)
  const ids = Array.from({ length: TRACES }, (_, index) => `${index + 1}`.padStart(32, 'a'))
  const spans = ids.flatMap((traceId) =>
    Array.from({ length: SPANS_IN_A_TRACE }, (_, index) =>
      spanWith({
        name: 'GET /checkout/:item',
        kind: SpanKind.SERVER,
        spanContext: () => ({ traceId, spanId: `${index + 1}`.padStart(16, 'b'), traceFlags: TraceFlags.SAMPLED }),
        startTime: [now, index * 1000],
        endTime: [now, 20_000_000],
        attributes: ATTRIBUTES,
      }),
    ),
  )
  const body = ProtobufTraceSerializer.serializeRequest(spans)
  if (body === undefined) throw new Error('The spans could not be encoded.')
  const places = ids.map((id) => placesOf(Buffer.from(body), Buffer.from(id, 'hex')))
  return {
    body,
    newIds(copy, fill) {
      const id = Buffer.alloc(16)
      for (const each of places) {
        fill(id)
        for (const place of each) {
          id.copy(copy, place)
          // The span ID follows, behind its tag and length.
          fill(copy.subarray(place + 18, place + 26))
        }
      }
    },
  }
}

function placesOf(body: Buffer, id: Buffer): readonly number[] {
  const places: number[] = []
  for (let at = body.indexOf(id); at !== -1; at = body.indexOf(id, at + 1)) places.push(at)
  return places
}
