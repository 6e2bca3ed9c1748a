// SPDX-License-Identifier: Apache-2.0
import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api'
import type { ExitRequest } from './exit-sender.ts'

/** The providers that were assembled, and how to empty their queues. */
export interface Telemetry {
  readonly tracerProvider: TracerProvider | undefined
  readonly meterProvider: MeterProvider | undefined
  readonly loggerProvider: LoggerProvider | undefined
  /** Whether anything was recorded since the last flush. */
  hasPending(): boolean
  /** Calls back when there is something to flush, or will be; once until the next flush. */
  whenBusy(listener: () => void): void
  /** Sends what is queued. May take as long as the exporters' own timeouts. */
  flush(): Promise<void>
  /** Returns what is still queued as requests for the process that outlives this one. Synchronous. */
  takeForExit(): readonly ExitRequest[]
  /** Says how many spans were lost, if that has not been said. */
  reportLosses(): void
  /** Throws away the spans and measurements that are queued and will be: another SDK owns the telemetry. */
  discard(): void
}
