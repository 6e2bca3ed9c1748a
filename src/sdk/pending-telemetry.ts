// SPDX-License-Identifier: Apache-2.0
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/**
 * Knows whether a span has ended or a log record was emitted since it was last asked. Nothing to flush means no delay at
 * exit, and an end: `beforeExit` comes again after each flush, because a flush is work for the event loop.
 */
export class PendingTelemetry implements SpanProcessor, LogRecordProcessor {
  #pending = false

  /** Whether there was anything since the last call. */
  take(): boolean {
    const pending = this.#pending
    this.#pending = false
    return pending
  }

  onStart(): void {}

  onEnd(): void {
    this.#pending = true
  }

  onEmit(): void {
    this.#pending = true
  }

  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}
