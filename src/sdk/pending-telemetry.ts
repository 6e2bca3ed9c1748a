// SPDX-License-Identifier: Apache-2.0
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/**
 * Knows whether a span has ended or a log record was emitted since it was last asked. Nothing to flush means no delay at
 * exit, and an end: `beforeExit` comes again after each flush, because a flush is work for the event loop.
 */
export class PendingTelemetry implements SpanProcessor, LogRecordProcessor {
  #pending = false
  #isBusy = false
  #onBusy: (() => void) | undefined

  /** Whether there was anything since the last call. */
  take(): boolean {
    const pending = this.#pending
    this.#pending = false
    return pending
  }

  /** Calls back when there is something to flush, or will be: at the first span or record, and at the first after each flush. */
  whenBusy(listener: () => void): void {
    this.#onBusy = listener
  }

  /** A flush begins. */
  rest(): void {
    this.#isBusy = false
  }

  onStart(): void {
    if (!this.#isBusy) this.#announce()
  }

  onEnd(): void {
    this.#pending = true
    if (!this.#isBusy) this.#announce()
  }

  onEmit(): void {
    this.#pending = true
    if (!this.#isBusy) this.#announce()
  }

  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    return Promise.resolve()
  }

  #announce(): void {
    this.#isBusy = true
    this.#onBusy?.()
  }
}
