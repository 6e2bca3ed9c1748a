// SPDX-License-Identifier: Apache-2.0
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** Knows whether a span has ended since it was last asked: nothing to flush means no delay at exit. */
export class PendingSpans implements SpanProcessor {
  #pending = false

  /** Whether a span has ended since the last call. */
  take(): boolean {
    const pending = this.#pending
    this.#pending = false
    return pending
  }

  onStart(): void {}

  onEnd(): void {
    this.#pending = true
  }

  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}
