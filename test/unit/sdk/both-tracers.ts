// SPDX-License-Identifier: Apache-2.0
import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { LeanTracerProvider } from '../../../src/sdk/lean-tracer-provider.ts'
import { DEFAULT_SPAN_LIMITS, type SpanLimits } from '../../../src/sdk/span-limits.ts'

const ALWAYS: Sampler = {
  shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }),
  toString: () => 'always',
}

/** What a pair of tracers may have beside the defaults. */
export interface BothOptions {
  readonly limits?: Partial<SpanLimits>
  readonly sampler?: Sampler
  readonly spanAttribute?: string
  readonly atStart?: () => void
}

/** A tracer with the spans that it began and ended. */
export interface Watched {
  readonly tracer: Tracer
  readonly started: ReadableSpan[]
  readonly ended: ReadableSpan[]
}

/** A tracer of ours and one of the SDK's, with the same settings. */
export function bothTracers(options: BothOptions = {}): { readonly ours: Watched; readonly sdks: Watched } {
  const limits = { ...DEFAULT_SPAN_LIMITS, ...options.limits }
  const resource = emptyResource()
  const { sampler = ALWAYS, spanAttribute } = options
  const scope = ['scope', '1.2.3', { schemaUrl: 'https://schema.example/1' }] as const
  const make = (create: (processor: SpanProcessor) => { getTracer(...args: typeof scope): Tracer }): Watched => {
    const started: ReadableSpan[] = []
    const ended: ReadableSpan[] = []
    const tracer = create({
      onStart: (span) => started.push(span as unknown as ReadableSpan),
      onEnd: (span) => ended.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    }).getTracer(...scope)
    return { tracer, started, ended }
  }
  return {
    ours: make(
      (processor) => new LeanTracerProvider({ resource, sampler, limits, processors: [processor], spanAttribute }),
    ),
    sdks: make(
      (processor) => new TracerProvider({ resource, sampler, spanLimits: limits, spanProcessors: [processor] }),
    ),
  }
}

/** What is said of a span; but for its own ID, and for the trace's where that is random. */
export function fieldsOf(span: ReadableSpan): Readonly<Record<string, unknown>> {
  const { traceId, spanId: _, ...context } = span.spanContext()
  const { parentSpanContext } = span
  return JSON.parse(
    JSON.stringify(
      {
        name: span.name,
        kind: span.kind,
        context,
        traceId: parentSpanContext === undefined ? 'random' : traceId,
        parentSpanContext,
        startTime: span.startTime,
        endTime: span.endTime,
        duration: span.duration,
        ended: span.ended,
        status: span.status,
        // In their order.
        attributes: Object.entries(span.attributes),
        links: span.links,
        events: span.events,
        dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
        scope: span.instrumentationScope,
        resource: span.resource.attributes,
      },
      (_key, value: unknown) =>
        typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : Object.is(value, -0) ? '-0' : value,
    ),
  )
}

/** Does the same with a span of each tracer. */
export function doWithBoth(
  use: (span: Span) => void,
  options: BothOptions = {},
  start: SpanOptions = {},
  parent?: Context,
): { readonly ours: Readonly<Record<string, unknown>>; readonly sdks: Readonly<Record<string, unknown>> } {
  const both = bothTracers(options)
  const run = ({ tracer, started }: Watched) => {
    options.atStart?.()
    use(tracer.startSpan('name', start, parent))
    return fieldsOf(started[0] as ReadableSpan)
  }
  return { ours: run(both.ours), sdks: run(both.sdks) }
}
