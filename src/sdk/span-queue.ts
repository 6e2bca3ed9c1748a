// SPDX-License-Identifier: Apache-2.0
import { TraceFlags } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, globalErrorHandler } from '@opentelemetry/core'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { BatchSettings } from './batch-settings.ts'

/** The defaults of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor. */
export const QUEUE_DEFAULTS = {
  maxQueueSize: 2048,
  scheduledDelayMillis: 5000,
  exportTimeoutMillis: 30_000,
  maxExportBatchSize: 512,
} satisfies Required<BatchSettings>

/** Hears what became of the spans. */
export interface SpanOutcomes {
  sent(count: number): void
  failed(count: number, error: Error): void
  /** One span found no room. */
  dropped(): void
}

interface Exporter {
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

/** What {@link SpanQueue} needs. */
export interface SpanQueueOptions extends BatchSettings {
  readonly exporter: Exporter
  readonly outcomes: SpanOutcomes
}

/**
 * Keeps ended spans until there are enough for a batch or the oldest has waited long enough. As upstream's `BatchSpanProcessor`, and it
 * tells what is lost and hands its spans over at exit. https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
 */
export class SpanQueue implements SpanProcessor {
  readonly #exporter: Exporter
  readonly #outcomes: SpanOutcomes
  readonly #settings: Required<BatchSettings>
  #spans: ReadableSpan[] = []
  #timer: NodeJS.Timeout | undefined
  #isExporting = false
  #ended: Promise<void> | undefined

  constructor({ exporter, outcomes, ...settings }: SpanQueueOptions) {
    this.#exporter = exporter
    this.#outcomes = outcomes
    const all = { ...QUEUE_DEFAULTS, ...settings }
    this.#settings = { ...all, maxExportBatchSize: Math.min(all.maxExportBatchSize, all.maxQueueSize) }
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0 || this.#ended !== undefined) return
    if (this.#spans.length >= this.#settings.maxQueueSize) {
      this.#outcomes.dropped()
      return
    }
    this.#spans.push(span)
    if (!this.#isExporting) this.#schedule()
  }

  /** Sends all batches at once. Hands them to the exporter before it returns, unless the resource is not known yet. */
  forceFlush(): Promise<void> {
    return this.#ended ?? this.#flush()
  }

  shutdown(): Promise<void> {
    this.#ended ??= this.#flush().finally(() => this.#exporter.shutdown())
    return this.#ended
  }

  /** What waits here, which is forgotten here. */
  takeForExit(): readonly ReadableSpan[] {
    const spans = this.#spans
    this.#spans = []
    return spans
  }

  #schedule(): void {
    if (this.#spans.length >= this.#settings.maxExportBatchSize) {
      this.#exportOne()
      return
    }
    this.#timer ??= setTimeout(() => this.#exportOne(), this.#settings.scheduledDelayMillis).unref()
  }

  #exportOne(): void {
    this.#isExporting = true
    void resourcesOf(this.#spans, () => this.#sendBatch())
      .catch(globalErrorHandler)
      .then(() => {
        this.#isExporting = false
        if (this.#spans.length > 0) this.#schedule()
      })
  }

  async #flush(): Promise<void> {
    await resourcesOf(this.#spans, () => {
      const batches = Math.ceil(this.#spans.length / this.#settings.maxExportBatchSize)
      return Promise.all(Array.from({ length: batches }, () => this.#sendBatch()))
    })
  }

  #sendBatch(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const spans = this.#spans.splice(0, this.#settings.maxExportBatchSize)
    if (spans.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      let isSettled = false
      const settle = (result: ExportResult) => {
        if (isSettled) return
        isSettled = true
        clearTimeout(timer)
        if (result.code === ExportResultCode.SUCCESS) {
          this.#outcomes.sent(spans.length)
          resolve()
        } else {
          const error = result.error ?? new Error('A batch of spans could not be exported.')
          this.#outcomes.failed(spans.length, error)
          reject(error)
        }
      }
      const timer = setTimeout(
        () => settle({ code: ExportResultCode.FAILED, error: new Error('Request timed out') }),
        this.#settings.exportTimeoutMillis,
      ).unref()
      this.#exporter.export(spans, settle)
    })
  }
}

/** Continues at once where the resources of the spans are known, and else as soon as they are. */
function resourcesOf<Result>(spans: readonly ReadableSpan[], next: () => Promise<Result>): Promise<Result> {
  const pending = spans.filter(({ resource }) => resource.asyncAttributesPending)
  if (pending.length === 0) return next()
  const resources = new Set(pending.map(({ resource }) => resource))
  return Promise.allSettled([...resources].map((each) => each.waitForAsyncAttributes?.())).then(next)
}
