// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'

type Value = string | number | boolean
type Attributes = Readonly<Record<string, Value>>

export interface SpanToSend {
  /** A trace of its own by default. */
  readonly traceId?: string
  readonly name?: string
  readonly attributes?: Attributes
  readonly event?: Attributes
  readonly error?: boolean
  readonly durationMs?: number
}

export interface TelemetryToSend {
  readonly spans?: readonly SpanToSend[]
  /** The attributes of a record each. */
  readonly logs?: readonly Attributes[]
  /** The attributes of a data point each, of one counter. */
  readonly points?: readonly Attributes[]
  readonly resource?: Attributes
}

/** Sends telemetry as OTLP/JSON, as any service in any language might; fails unless it was taken. */
export async function sendOtlp(url: string, { spans, logs, points, resource = {} }: TelemetryToSend): Promise<void> {
  const of = { resource: { attributes: keyValues({ 'service.name': 'sender', ...resource }) } }
  if (spans) await post(`${url}/v1/traces`, { resourceSpans: [{ ...of, scopeSpans: [{ spans: spans.map(span) }] }] })
  if (logs)
    await post(`${url}/v1/logs`, { resourceLogs: [{ ...of, scopeLogs: [{ logRecords: logs.map(logRecord) }] }] })
  if (points) {
    const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: points.map(dataPoint) }
    await post(`${url}/v1/metrics`, {
      resourceMetrics: [{ ...of, scopeMetrics: [{ metrics: [{ name: 'sent.points', sum }] }] }],
    })
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
}

const nanos = (milliseconds: number) => `${BigInt(milliseconds) * 1_000_000n}`

function span({ traceId, name = 'a span', attributes = {}, event, error = false, durationMs = 1 }: SpanToSend) {
  const end = Date.now()
  return {
    traceId: traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind: 2,
    startTimeUnixNano: nanos(end - durationMs),
    endTimeUnixNano: nanos(end),
    attributes: keyValues(attributes),
    events: event ? [{ timeUnixNano: nanos(end), name: 'an event', attributes: keyValues(event) }] : [],
    status: { code: error ? 2 : 0 },
  }
}

function logRecord(attributes: Attributes) {
  return { timeUnixNano: nanos(Date.now()), body: { stringValue: 'a line' }, attributes: keyValues(attributes) }
}

function dataPoint(attributes: Attributes) {
  const now = Date.now()
  return {
    startTimeUnixNano: nanos(now - 1000),
    timeUnixNano: nanos(now),
    asInt: '1',
    attributes: keyValues(attributes),
  }
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value) {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: `${value}` } : { doubleValue: value }
}
