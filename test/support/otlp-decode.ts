// SPDX-License-Identifier: Apache-2.0
import { decodeProtobuf, type OtlpMessage } from './otlp.proto.ts'

/** Attribute values as plain JavaScript values; 64-bit integers become numbers. */
export type Attributes = Readonly<Record<string, unknown>>

export interface Scope {
  readonly name: string
  readonly version: string
}

export interface SinkSpan {
  readonly traceId: string
  readonly spanId: string
  /** Undefined for a root span. */
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: 'UNSPECIFIED' | 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER'
  readonly attributes: Attributes
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message: string }
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[]
  readonly events: readonly { readonly name: string; readonly attributes: Attributes; readonly timeUnixNano: bigint }[]
  readonly scope: Scope
  readonly resource: Attributes
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
}

export interface SinkLog {
  readonly body: unknown
  readonly attributes: Attributes
  /** Undefined for a record written outside any span. */
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly severityText: string
  readonly scope: Scope
  readonly resource: Attributes
  readonly timeUnixNano: bigint
}

export interface SinkMetric {
  readonly name: string
  readonly unit: string
  /** `value` is the number of a counter or gauge, and the count of a histogram, whose `sum` is beside it. */
  readonly points: readonly { readonly attributes: Attributes; readonly value: number; readonly sum?: number }[]
  readonly scope: Scope
  readonly resource: Attributes
}

/** What one export request held: the list of its signal is filled, the others are empty. */
export interface Decoded {
  readonly spans: readonly SinkSpan[]
  readonly logs: readonly SinkLog[]
  readonly metrics: readonly SinkMetric[]
}

const SIGNALS: Readonly<Record<string, { readonly message: OtlpMessage; read(request: Json): Partial<Decoded> }>> = {
  '/v1/traces': { message: 'TraceRequest', read: (request) => ({ spans: readSpans(request) }) },
  '/v1/logs': { message: 'LogsRequest', read: (request) => ({ logs: readLogs(request) }) },
  '/v1/metrics': { message: 'MetricsRequest', read: (request) => ({ metrics: readMetrics(request) }) },
}

/** Decodes the (uncompressed) body of an OTLP/HTTP request; throws on an unknown path or a body that is not OTLP. */
export function decodeOtlp(path: string, contentType: string, body: Uint8Array): Decoded {
  const signal = SIGNALS[path]
  if (signal === undefined) throw new Error(`${path} is not a path of OTLP/HTTP.`)
  const request = contentType.startsWith('application/json')
    ? JSON.parse(Buffer.from(body).toString())
    : decodeProtobuf(signal.message, body)
  return { spans: [], logs: [], metrics: [], ...signal.read(request as Json) }
}

/** An OTLP/JSON object. Every field of proto3 may be absent, and then means zero, the empty text or the empty list. */
type Json = Readonly<Record<string, unknown>>

const list = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[]
const object = (value: unknown): Json => (value ?? {}) as Json
const text = (value: unknown): string => (value ?? '') as string
const id = (value: unknown): string | undefined => (value === '' ? undefined : (value as string | undefined))
const nanos = (value: unknown): bigint => BigInt((value ?? 0) as string | number)

/** The entries of a signal with their scope and resource. */
function entries(request: Json, resources: string, scopes: string, signals: string) {
  return list(request[resources]).flatMap((ofResource) => {
    const resource = attributes(object(ofResource['resource'])['attributes'])
    return list(ofResource[scopes]).flatMap((ofScope) => {
      const { name, version } = object(ofScope['scope'])
      const scope: Scope = { name: text(name), version: text(version) }
      return list(ofScope[signals]).map((entry) => ({ entry, scope, resource }))
    })
  })
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'] as const

function readSpans(request: Json): readonly SinkSpan[] {
  return entries(request, 'resourceSpans', 'scopeSpans', 'spans').map(({ entry, scope, resource }) => ({
    traceId: text(entry['traceId']),
    spanId: text(entry['spanId']),
    parentSpanId: id(entry['parentSpanId']),
    name: text(entry['name']),
    kind: KINDS[Number(entry['kind'] ?? 0)] ?? 'UNSPECIFIED',
    attributes: attributes(entry['attributes']),
    status: {
      code: STATUS_CODES[Number(object(entry['status'])['code'] ?? 0)] ?? 'UNSET',
      message: text(object(entry['status'])['message']),
    },
    links: list(entry['links']).map((link) => ({
      traceId: text(link['traceId']),
      spanId: text(link['spanId']),
      attributes: attributes(link['attributes']),
    })),
    events: list(entry['events']).map((event) => ({
      name: text(event['name']),
      attributes: attributes(event['attributes']),
      timeUnixNano: nanos(event['timeUnixNano']),
    })),
    scope,
    resource,
    startTimeUnixNano: nanos(entry['startTimeUnixNano']),
    endTimeUnixNano: nanos(entry['endTimeUnixNano']),
  }))
}

function readLogs(request: Json): readonly SinkLog[] {
  return entries(request, 'resourceLogs', 'scopeLogs', 'logRecords').map(({ entry, scope, resource }) => ({
    body: plain(entry['body']),
    attributes: attributes(entry['attributes']),
    traceId: id(entry['traceId']),
    spanId: id(entry['spanId']),
    severityText: text(entry['severityText']),
    scope,
    resource,
    timeUnixNano: nanos(entry['timeUnixNano']),
  }))
}

const METRIC_DATA = ['sum', 'gauge', 'histogram', 'exponentialHistogram'] as const

function readMetrics(request: Json): readonly SinkMetric[] {
  return entries(request, 'resourceMetrics', 'scopeMetrics', 'metrics').map(({ entry, scope, resource }) => ({
    name: text(entry['name']),
    unit: text(entry['unit']),
    points: METRIC_DATA.flatMap((kind) => list(object(entry[kind])['dataPoints'])).map((point) => ({
      attributes: attributes(point['attributes']),
      value: Number(point['asInt'] ?? point['asDouble'] ?? point['count'] ?? 0),
      ...('sum' in point ? { sum: Number(point['sum']) } : {}),
    })),
    scope,
    resource,
  }))
}

function attributes(value: unknown): Attributes {
  return Object.fromEntries(list(value).map((pair) => [text(pair['key']), plain(pair['value'])]))
}

/** An `AnyValue` as a plain value. */
function plain(value: unknown): unknown {
  const any = object(value)
  if ('intValue' in any) return Number(any['intValue'])
  if ('arrayValue' in any) return list(object(any['arrayValue'])['values']).map(plain)
  if ('kvlistValue' in any) return attributes(object(any['kvlistValue'])['values'])
  return any['stringValue'] ?? any['boolValue'] ?? any['doubleValue'] ?? any['bytesValue']
}
