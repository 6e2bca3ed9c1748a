// SPDX-License-Identifier: Apache-2.0
import type { ServiceLine } from '../../../examples/demo/timeline.ts'
import type { SinkSpan } from '../../support/otlp-decode.ts'

export const SALE_ID = 'order-4711'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const START = Date.parse('2026-01-01T00:00:00.000Z')

/** A span of the sale; times are milliseconds since its start. */
export function saleSpan(span: {
  readonly service: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: SinkSpan['kind']
  readonly from: number
  readonly to: number
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly failed?: boolean
  readonly id?: string
  readonly traceId?: string
}): SinkSpan {
  const nanos = (ms: number) => BigInt(START) * 1_000_000n + BigInt(Math.round(ms * 1000)) * 1000n
  return {
    traceId: span.traceId ?? TRACE_ID,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    attributes: { 'correlation.id': span.id ?? SALE_ID, ...span.attributes },
    status: { code: span.failed ? 'ERROR' : 'UNSET', message: '' },
    links: [],
    events: [],
    scope: { name: 'test', version: '' },
    resource: { 'service.name': span.service },
    startTimeUnixNano: nanos(span.from),
    endTimeUnixNano: nanos(span.to),
  }
}

/** A log line of the sale, written inside the span with this ID. */
export function saleLine(service: string, spanId: string | undefined, ms: number, message: string): ServiceLine {
  return {
    service,
    line: {
      level: 'info',
      message,
      timestamp: new Date(START + Math.floor(ms)).toISOString(),
      correlation_id: SALE_ID,
      ...(spanId && { trace_id: TRACE_ID, span_id: spanId }),
    },
  }
}

/** The spans of one sale, in the order they arrive in: the innermost service first. */
export const SALE_SPANS: readonly SinkSpan[] = [
  saleSpan({
    service: 'pricing',
    spanId: 'c',
    parentSpanId: 'b',
    name: 'GET',
    kind: 'SERVER',
    from: 4.4,
    to: 9,
    attributes: { 'url.path': '/prices/tea', 'http.response.status_code': 200 },
  }),
  saleSpan({
    service: 'shop',
    spanId: 'b',
    parentSpanId: 'a',
    name: 'GET',
    kind: 'CLIENT',
    from: 3.1,
    to: 10,
    attributes: { 'url.full': 'http://pricing/prices/tea', 'http.response.status_code': 200 },
  }),
  saleSpan({
    service: 'shop',
    spanId: 'a',
    name: 'GET /checkout/:item',
    kind: 'SERVER',
    from: 0.5,
    to: 15.25,
    failed: true,
    attributes: { 'url.path': '/checkout/tea', 'http.response.status_code': 502 },
  }),
  saleSpan({ service: 'shop', spanId: 'd', parentSpanId: 'a', name: 'handler', kind: 'INTERNAL', from: 1, to: 2 }),
]

export const SALE_LINES: readonly ServiceLine[] = [
  saleLine('shop', 'a', 1.9, 'checkout of tea'),
  saleLine('shop', 'a', 11, 'tea costs 6'),
  saleLine('pricing', 'c', 4.9, 'looking up tea'),
]
