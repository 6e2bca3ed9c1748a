// SPDX-License-Identifier: Apache-2.0
import type { SinkSpan } from '../../test/support/otlp-decode.ts'

/** A JSON line that a service wrote to stdout. */
export interface ServiceLine {
  readonly service: string
  readonly line: Readonly<Record<string, unknown>>
}

export interface SpanEntry {
  readonly type: 'span'
  readonly name: string
  readonly kind: SinkSpan['kind']
  readonly failed: boolean
  readonly httpStatus: number | undefined
  readonly durationMs: number
  /** The names of the spans of this timeline that it has links to, in traces of their own. */
  readonly linkedTo: readonly string[]
}

export interface LogEntry {
  readonly type: 'log'
  readonly level: string
  readonly message: string
}

export interface TimelineEntry {
  /** Since the earliest entry. */
  readonly offsetMs: number
  /** How many spans it is inside of. */
  readonly depth: number
  readonly service: string
  readonly what: SpanEntry | LogEntry
}

/** Everything that carries one correlation ID, in the order of a call tree. */
export interface Timeline {
  readonly id: string
  readonly entries: readonly TimelineEntry[]
}

/** A span or line with its place in time; spans have a key and may be somebody's parent. */
interface Node {
  readonly time: number
  readonly service: string
  readonly key: string | undefined
  readonly parent: string | undefined
  readonly what: SpanEntry | LogEntry
}

/** Picks the spans and log lines that carry the ID and puts each under the span it belongs to. */
export function buildTimeline(id: string, spans: readonly SinkSpan[], lines: readonly ServiceLine[]): Timeline {
  const own = spans.filter((span) => span.attributes['correlation.id'] === id)
  const names = new Map(own.map((span) => [keyOf(span), nameOf(span)]))
  const nodes = [
    ...own.map((span) => spanNode(span, names)),
    ...lines.filter(({ line }) => line['correlation_id'] === id).map(logNode),
  ]
  const keys = new Set(nodes.map((node) => node.key))
  const children = Map.groupBy(nodes, (node) => (keys.has(node.parent) ? node.parent : undefined))
  const start = Math.min(...nodes.map((node) => node.time))

  function under(parent: string | undefined, notBefore: number, depth: number): readonly TimelineEntry[] {
    return (
      (children.get(parent) ?? [])
        .map((node) => ({ node, time: Math.max(node.time, notBefore) }))
        // In the same millisecond a line comes first: what is written before a call is, what is written after it seldom.
        .sort((a, b) => a.time - b.time || rank(a.node) - rank(b.node))
        .flatMap(({ node, time }) => [
          { offsetMs: time - start, depth, service: node.service, what: node.what },
          ...(node.key === undefined ? [] : under(node.key, time, depth + 1)),
        ])
    )
  }

  return { id, entries: under(undefined, start, 0) }
}

/** The IDs that spans carry, in the order in which they first appear. */
export function idsOf(spans: readonly SinkSpan[]): readonly string[] {
  const ids = spans.map((span) => span.attributes['correlation.id'])
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

/** Whether a timeline has work that went on after the answer. */
export function hasJob(timeline: Timeline): boolean {
  return timeline.entries.some(({ what }) => what.type === 'span' && what.kind === 'CONSUMER')
}

/** The services that a timeline has something of. */
export function servicesOf(timeline: Timeline): ReadonlySet<string> {
  return new Set(timeline.entries.map((entry) => entry.service))
}

function spanNode(span: SinkSpan, names: ReadonlyMap<string, string>): Node {
  const { traceId, parentSpanId, kind, attributes, status } = span
  const time = milliseconds(span.startTimeUnixNano)
  const httpStatus = attributes['http.response.status_code']
  return {
    time,
    service: String(span.resource['service.name']),
    key: keyOf(span),
    parent: parentSpanId && `${traceId}/${parentSpanId}`,
    what: {
      type: 'span',
      name: nameOf(span),
      kind,
      failed: status.code === 'ERROR',
      httpStatus: typeof httpStatus === 'number' ? httpStatus : undefined,
      durationMs: milliseconds(span.endTimeUnixNano) - time,
      linkedTo: span.links.map((link) => names.get(keyOf(link))).filter((name) => name !== undefined),
    },
  }
}

const keyOf = ({ traceId, spanId }: Pick<SinkSpan, 'traceId' | 'spanId'>) => `${traceId}/${spanId}`

/** A span without a route is named by its method alone, so that names are few; a reader wants to know where to. */
function nameOf({ name, attributes }: SinkSpan): string {
  const target = attributes['url.full'] ?? attributes['url.path']
  return target === undefined || name.includes('/') ? name : `${name} ${target}`
}

function logNode({ service, line }: ServiceLine): Node {
  // winston's clock ticks in milliseconds and cuts off the rest, so a line may seem to come before the span it was
  // written in: `under` moves it to the span's start.
  const time = Date.parse(String(line['timestamp']))
  return {
    time,
    service,
    key: undefined,
    parent: `${line['trace_id']}/${line['span_id']}`,
    what: { type: 'log', level: String(line['level']), message: String(line['message']) },
  }
}

function rank({ what }: Node): number {
  return what.type === 'log' ? 0 : 1
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1000
}
