// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Counter, MeterProvider } from '@opentelemetry/api'
import type { SpanOutcomes } from './span-queue.ts'

/** As upstream names its only batch processor. */
const COMPONENT = {
  'otel.component.type': 'batching_span_processor',
  'otel.component.name': 'batching_span_processor/0',
}

/**
 * Counts what became of the spans where metrics are on, and passes it on.
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/#metric-otelsdkprocessorspanprocessed
 */
export class ProcessedSpans implements SpanOutcomes {
  readonly #next: SpanOutcomes
  #counter: Counter | undefined

  constructor(next: SpanOutcomes) {
    this.#next = next
  }

  /** From here on they are counted. */
  countWith(provider: MeterProvider): void {
    this.#counter = provider.getMeter('@org/correlation').createCounter('otel.sdk.processor.span.processed', {
      unit: '{span}',
      description: 'The number of spans for which the processing has finished, either successful or failed.',
    })
  }

  sent(count: number): void {
    this.#add(count, {})
    this.#next.sent(count)
  }

  failed(count: number, error: Error): void {
    this.#add(count, { 'error.type': error.name })
    this.#next.failed(count, error)
  }

  dropped(): void {
    this.#add(1, { 'error.type': 'queue_full' })
    this.#next.dropped()
  }

  #add(count: number, attributes: Attributes): void {
    this.#counter?.add(count, { ...COMPONENT, ...attributes })
  }
}
