// SPDX-License-Identifier: Apache-2.0
import { type Context, type TextMapSetter, TraceFlags, trace } from '@opentelemetry/api'
import { isTracingSuppressed, W3CTraceContextPropagator } from '@opentelemetry/core'
import { isOwn } from '../telemetry/own-span-context.ts'

/**
 * The W3C propagator, which looks at the 48 characters of both IDs before it writes them: those that our tracer made are known to be
 * valid. https://www.w3.org/TR/trace-context/#traceparent-header
 */
export class TraceContextPropagator extends W3CTraceContextPropagator {
  override inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const spanContext = trace.getSpanContext(context)
    if (spanContext === undefined || !isOwn(spanContext)) {
      super.inject(context, carrier, setter)
      return
    }
    if (isTracingSuppressed(context)) return
    const { traceId, spanId, traceFlags, traceState } = spanContext
    const flags = traceFlags === TraceFlags.SAMPLED ? '01' : '00'
    setter.set(carrier, 'traceparent', `00-${traceId}-${spanId}-${flags}`)
    if (traceState !== undefined) setter.set(carrier, 'tracestate', traceState.serialize())
  }
}
