// SPDX-License-Identifier: Apache-2.0
import type { Attributes, SinkSpan } from './otlp-decode.ts'

export interface TraceSearch {
  /** Attributes that one span of the trace has, all of them. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Jaeger searches within a service: without one, in each that it knows. */
  readonly service?: string
  /** How many traces of a service at most; Jaeger does not say where there were more. */
  readonly limit?: number
}

/** Asks Jaeger's query API for traces; gives all spans of those that match, and none where none does. */
export async function findSpans(queryUrl: string, search: TraceSearch = {}): Promise<readonly SinkSpan[]> {
  const services = search.service === undefined ? await servicesOf(queryUrl) : [search.service]
  const found = new Map<string, readonly SinkSpan[]>()
  for (const service of services) {
    const url = new URL('/api/traces', queryUrl)
    url.searchParams.set('service', service)
    url.searchParams.set('lookback', '1h')
    url.searchParams.set('limit', `${search.limit ?? 1000}`)
    if (search.attributes) url.searchParams.set('tags', JSON.stringify(search.attributes))
    for (const trace of await dataOf<JaegerTrace>(url)) found.set(trace.traceID, spansOf(trace))
  }
  return [...found.values()].flat()
}

/** The services that Jaeger has spans of. */
export function servicesOf(queryUrl: string): Promise<readonly string[]> {
  return dataOf<string>(new URL('/api/services', queryUrl))
}

interface KeyValue {
  readonly key: string
  readonly value: unknown
}

interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly operationName: string
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[]
  /** Microseconds, as the duration. */
  readonly startTime: number
  readonly duration: number
  readonly tags: readonly KeyValue[]
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly KeyValue[] }[]
  readonly processID: string
}

interface JaegerTrace {
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags?: readonly KeyValue[] }>>
}

/** The API that the page uses. `/api/v3` of Jaeger 2.13 cannot search by attribute. */
async function dataOf<T>(url: URL): Promise<readonly T[]> {
  const answer = await fetch(url)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Jaeger answered ${answer.status}: ${text}`)
  return (JSON.parse(text) as { readonly data: readonly T[] | null }).data ?? []
}

/** Back to what OTLP had: Jaeger puts the fields that its own format lacks into tags. */
function spansOf({ spans, processes }: JaegerTrace): readonly SinkSpan[] {
  return spans.map((span) => {
    const all = objectOf(span.tags)
    const taken = [
      'span.kind',
      'error',
      'otel.status_code',
      'otel.status_description',
      'otel.scope.name',
      'otel.scope.version',
    ]
    const parent = span.references.find(({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID)
    const { serviceName = '', tags = [] } = processes[span.processID] ?? {}
    const start = BigInt(span.startTime) * 1000n
    return {
      traceId: span.traceID,
      spanId: span.spanID,
      parentSpanId: parent?.spanID,
      name: span.operationName,
      kind: `${all['span.kind'] ?? 'unspecified'}`.toUpperCase() as SinkSpan['kind'],
      attributes: Object.fromEntries(Object.entries(all).filter(([key]) => !taken.includes(key))),
      status: {
        code: (all['otel.status_code'] ?? (all['error'] === true ? 'ERROR' : 'UNSET')) as SinkSpan['status']['code'],
        message: `${all['otel.status_description'] ?? ''}`,
      },
      links: span.references
        .filter((reference) => reference !== parent)
        .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID, attributes: {} })),
      events: span.logs.map(({ timestamp, fields }) => {
        const { event = '', ...attributes } = objectOf(fields)
        return { name: `${event}`, attributes, timeUnixNano: BigInt(timestamp) * 1000n }
      }),
      scope: { name: `${all['otel.scope.name'] ?? ''}`, version: `${all['otel.scope.version'] ?? ''}` },
      resource: { 'service.name': serviceName, ...objectOf(tags) },
      startTimeUnixNano: start,
      endTimeUnixNano: start + BigInt(span.duration) * 1000n,
    }
  })
}

function objectOf(pairs: readonly KeyValue[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
}
