// SPDX-License-Identifier: Apache-2.0
import { type Attributes, diag, type Link, type SpanContext } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { writeAttributes, writeSpanAttributes } from './attribute-bytes.ts'
import { ProtobufBytes } from './protobuf-bytes.ts'

/** Field numbers of https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto, with the wire type. */
const message = (field: number) => (field << 3) | 2
const varint = (field: number) => field << 3
const fixed64 = (field: number) => (field << 3) | 1
const fixed32 = (field: number) => (field << 3) | 5

/** Sizes that are likely; where one is not met, some bytes are moved. */
const LIKELY = { request: 50_000, span: 500, event: 500, link: 100, status: 2, scope: 50, resource: 500 }

const HAS_IS_REMOTE = 0x100
const IS_REMOTE = 0x200

const out = new ProtobufBytes()
/** Both never change once they are made, and are in each batch. */
const scopes = new WeakMap<InstrumentationScope, Uint8Array>()
const resources = new WeakMap<Resource, Uint8Array>()

/**
 * Writes an `ExportTraceServiceRequest`, byte for byte as upstream's serializer does, which writes each message twice: once to learn how
 * long it is. A span that cannot be written (an attribute of the application's may be an object that throws) is left out.
 */
export function serializeSpanBatch(spans: readonly ReadableSpan[]): Uint8Array {
  // What an earlier batch left that could not be finished.
  out.position = 0
  for (const [resource, ofResource] of grouped(spans)) {
    const start = out.begin(message(1), LIKELY.request)
    writeCached(resources, resource, writeResource)
    for (const [scope, ofScope] of ofResource) {
      const scopeStart = out.begin(message(2), LIKELY.request)
      writeCached(scopes, scope, writeScope)
      for (const span of ofScope) writeSpan(span)
      if (scope.schemaUrl) out.text(message(3), scope.schemaUrl)
      out.end(scopeStart, LIKELY.request)
    }
    if (resource.schemaUrl) out.text(message(3), resource.schemaUrl)
    out.end(start, LIKELY.request)
  }
  return out.take()
}

function writeSpan(span: ReadableSpan): void {
  const before = out.position
  try {
    const start = out.begin(message(2), LIKELY.span)
    writeSpanFields(span)
    out.end(start, LIKELY.span)
  } catch (error) {
    out.position = before
    diag.error('@org/correlation: a span could not be written for its export; this one is lost.', error)
  }
}

function writeSpanFields(span: ReadableSpan): void {
  const context = span.spanContext()
  const parent = span.parentSpanContext
  out.hex(message(1), context.traceId)
  out.hex(message(2), context.spanId)
  writeTraceState(message(3), context)
  if (parent?.spanId) out.hex(message(4), parent.spanId)
  // The API's types ask for text; an application in JavaScript may have given anything.
  out.text(message(5), String(span.name))
  out.integer(varint(6), (span.kind ?? -1) + 1)
  out.time(fixed64(7), span.startTime)
  out.time(fixed64(8), span.endTime)
  writeSpanAttributes(out, span.attributes)
  out.integer(varint(10), span.droppedAttributesCount)
  for (const event of span.events) writeEvent(event)
  out.integer(varint(12), span.droppedEventsCount)
  for (const link of span.links) writeLink(link)
  out.integer(varint(14), span.droppedLinksCount)
  const statusStart = out.begin(message(15), LIKELY.status)
  if (span.status.message) out.text(message(2), span.status.message)
  out.integer(varint(3), span.status.code)
  out.end(statusStart, LIKELY.status)
  out.fixed32(fixed32(16), flagsOf(context, parent?.isRemote))
}

function writeEvent(event: TimedEvent): void {
  const start = out.begin(message(11), LIKELY.event)
  out.time(fixed64(1), event.time)
  out.text(message(2), String(event.name))
  if (event.attributes) writeAttributes(out, message(3), event.attributes)
  out.integer(varint(4), event.droppedAttributesCount ?? 0)
  out.end(start, LIKELY.event)
}

function writeLink(link: Link): void {
  const { context } = link
  const start = out.begin(message(13), LIKELY.link)
  out.hex(message(1), context.traceId)
  out.hex(message(2), context.spanId)
  writeTraceState(message(3), context)
  if (link.attributes) writeAttributes(out, message(4), link.attributes)
  out.integer(varint(5), link.droppedAttributesCount ?? 0)
  out.fixed32(fixed32(6), flagsOf(context, context.isRemote))
  out.end(start, LIKELY.link)
}

function writeTraceState(tag: number, { traceState }: SpanContext): void {
  const text = traceState?.serialize()
  if (text) out.text(tag, text)
}

function flagsOf({ traceFlags }: SpanContext, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0)
}

function writeResource(resource: Resource): void {
  const start = out.begin(message(1), LIKELY.resource)
  writeAttributes(out, message(1), resource.attributes)
  out.integer(varint(2), 0)
  out.end(start, LIKELY.resource)
}

function writeScope(scope: WithAttributes): void {
  const start = out.begin(message(1), LIKELY.scope)
  out.text(message(1), scope.name)
  if (scope.version) out.text(message(2), scope.version)
  if (scope.attributes) writeAttributes(out, message(3), scope.attributes)
  if (scope.droppedAttributesCount) out.integer(varint(4), scope.droppedAttributesCount)
  out.end(start, LIKELY.scope)
}

function writeCached<Key extends object>(cache: WeakMap<Key, Uint8Array>, key: Key, write: (key: Key) => void): void {
  const known = cache.get(key)
  if (known !== undefined) {
    out.raw(known)
    return
  }
  const start = out.position
  write(key)
  cache.set(key, out.copyFrom(start))
}

/** Upstream's tracer keeps them there. */
interface WithAttributes extends InstrumentationScope {
  readonly attributes?: Attributes
  readonly droppedAttributesCount?: number
}

type Grouped = Map<Resource, Map<InstrumentationScope, ReadableSpan[]>>

/** The spans by resource and scope, in the order of their first spans. */
function grouped(spans: readonly ReadableSpan[]): Grouped {
  const groups: Grouped = new Map()
  for (const span of spans) {
    const { resource, instrumentationScope: scope } = span
    let scopesOf = groups.get(resource)
    if (scopesOf === undefined) {
      scopesOf = new Map()
      groups.set(resource, scopesOf)
    }
    const group = scopesOf.get(scope)
    if (group === undefined) scopesOf.set(scope, [span])
    else group.push(span)
  }
  return groups
}
