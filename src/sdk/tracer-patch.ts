// SPDX-License-Identifier: Apache-2.0
import {
  type Context,
  context as contextApi,
  type Span,
  SpanKind,
  type SpanOptions,
  type TracerProvider,
} from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { rememberProducer } from '../propagation/producer-spans.ts'
import { decisionAttributes } from '../telemetry/span-processor.ts'

type StartSpan = (this: unknown, name: string, options?: SpanOptions, context?: Context) => Span

const PATCHED = Symbol.for('@org/correlation.tracer')

/**
 * Adds the ID to the spans of a provider, as their first attribute, and remembers its producers. A span processor cannot be added
 * to a provider after it was made, so the class of its tracers is patched: that also reaches tracers that were handed out before.
 */
export function patchTracersOf(provider: TracerProvider, attribute: string | undefined): void {
  const prototype = Object.getPrototypeOf(provider.getTracer('@org/correlation')) as {
    startSpan?: StartSpan
    [PATCHED]?: boolean
  } | null
  if (prototype === null || prototype === Object.prototype || typeof prototype.startSpan !== 'function') return
  if (Object.hasOwn(prototype, PATCHED)) return
  const original = prototype.startSpan
  Object.defineProperty(prototype, PATCHED, { value: true })
  prototype.startSpan = function (name, options, context) {
    let own = options
    try {
      own = withAttributes(options, context ?? contextApi.active(), attribute)
    } catch {
      // The span starts as it would have without us.
    }
    const span = original.call(this, name, own, context)
    rememberProducer(span, options)
    return span
  }
}

function withAttributes(
  options: SpanOptions | undefined,
  context: Context,
  attribute: string | undefined,
): SpanOptions | undefined {
  const id = getId(context)
  if (id === undefined || attribute === undefined) return options
  const decision = options?.kind === SpanKind.SERVER ? decisionAttributes(context) : undefined
  return { ...options, attributes: { [attribute]: id, ...decision, ...options?.attributes } }
}
