// SPDX-License-Identifier: Apache-2.0
import {
  type Attributes,
  type Context,
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace'
import { getId } from '../correlation/context.ts'
import { rememberProducer } from '../propagation/producer-spans.ts'
import { isValid, markAsOwn } from '../telemetry/own-span-context.ts'
import { decisionAttributes } from '../telemetry/span-processor.ts'
import { startActiveSpan } from './active-span.ts'
import { generateSpanId, generateTraceId } from './id-generator.ts'
import { RecordedSpan, type SpanSetting } from './recorded-span.ts'

/** What a tracer needs beside what its spans share. */
export interface TracerSetting extends SpanSetting {
  readonly sampler: Sampler
  /** The attribute that has the correlation ID; undefined for none. */
  readonly spanAttribute: string | undefined
  onStart(span: RecordedSpan, parent: Context): void
}

const NO_ATTRIBUTES: Attributes = {}
const NO_LINKS: Link[] = []

/**
 * A tracer that does as the SDK's own, and puts the correlation ID first on each span.
 *
 * The samplers that the environment can name here do not look at attributes or links, so those are taken only once a span is recorded.
 */
export class LeanTracer implements Tracer {
  readonly #setting: TracerSetting

  constructor(setting: TracerSetting) {
    this.#setting = setting
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = contextApi.active()): Span {
    if (isTracingSuppressed(context)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
    const parentSpanContext = options.root === true ? undefined : parentOf(context)
    const kind = options.kind ?? SpanKind.INTERNAL
    const traceId = parentSpanContext?.traceId ?? generateTraceId()
    const { sampler } = this.#setting
    const parent = options.root === true ? trace.deleteSpan(context) : context
    const sampled = sampler.shouldSample(parent, traceId, name, kind, NO_ATTRIBUTES, NO_LINKS)
    const spanContext: SpanContext = {
      traceId,
      spanId: generateSpanId(),
      traceFlags: sampled.decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE,
    }
    markAsOwn(spanContext)
    const traceState = sampled.traceState ?? parentSpanContext?.traceState
    if (traceState !== undefined) spanContext.traceState = traceState
    if (sampled.decision === SamplingDecision.NOT_RECORD) return remembered(trace.wrapSpanContext(spanContext), options)

    const { startTime } = options
    const span = new RecordedSpan(this.#setting, { name, kind, spanContext, parentSpanContext, startTime })
    this.#describe(span, options, parent)
    if (sampled.attributes !== undefined) span.setAttributes(sampled.attributes)
    this.#setting.onStart(span, parent)
    return remembered(span, options)
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>
  startActiveSpan(name: string, ...args: unknown[]): unknown {
    return startActiveSpan(this, name, args)
  }

  /** The ID comes first, so that no limit drops it. */
  #describe(span: RecordedSpan, { attributes, links }: SpanOptions, parent: Context): void {
    const { spanAttribute } = this.#setting
    const id = spanAttribute === undefined ? undefined : getId(parent)
    if (id !== undefined) {
      span.setAttribute(spanAttribute as string, id)
      const decision = span.kind === SpanKind.SERVER ? decisionAttributes(parent) : undefined
      if (decision !== undefined) span.setAttributes(decision)
    }
    if (attributes !== undefined) span.setAttributes(attributes)
    // The caller's own attribute of that name does not say which request this is.
    if (id !== undefined && attributes !== undefined && Object.hasOwn(attributes, spanAttribute as string)) {
      span.setAttribute(spanAttribute as string, id)
    }
    // Callers without types give null.
    if (links) span.addLinks(links)
  }
}

/** An application may have this tracer by itself, from the provider behind the API's. */
function remembered(span: Span, options: SpanOptions): Span {
  rememberProducer(span, options)
  return span
}

function parentOf(context: Context): SpanContext | undefined {
  const spanContext = trace.getSpanContext(context)
  return spanContext !== undefined && isValid(spanContext) ? spanContext : undefined
}
