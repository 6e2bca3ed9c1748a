// SPDX-License-Identifier: Apache-2.0
import { type Span, SpanKind, type SpanOptions } from '@opentelemetry/api'

const PRODUCERS = Symbol.for('@org/correlation.producers')

interface GlobalProducers {
  [PRODUCERS]?: WeakSet<Span>
}

/**
 * Remembers spans of kind PRODUCER, sampled or not: an unsampled span does not tell its kind, and the
 * kind is how `inject` knows a message from an HTTP request, whose host it cannot see.
 */
export function rememberProducer(span: Span, options: SpanOptions | undefined): void {
  if (options?.kind !== SpanKind.PRODUCER) return
  const holder = globalThis as GlobalProducers
  holder[PRODUCERS] ??= new WeakSet()
  holder[PRODUCERS].add(span)
}

/** Whether the span was started as a PRODUCER. */
export function isProducer(span: Span | undefined): boolean {
  if (span === undefined) return false
  return (globalThis as GlobalProducers)[PRODUCERS]?.has(span) ?? false
}
