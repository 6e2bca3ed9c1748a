// SPDX-License-Identifier: Apache-2.0
import { type Counter, type MeterProvider, metrics } from '@opentelemetry/api'
import type { Reason, Source } from '../correlation/decide.ts'

/** The reasons of a decision, and the one that only the response shows. */
export type RequestReason = Reason | 'app_override'

interface Counters {
  readonly requests: Counter
  readonly logs: Counter
  readonly outbound: Counter
}

/**
 * The three counters. The ID itself is never a metric attribute: it would be a series of its own for every request.
 *
 * The metrics API has no proxy: a counter made before a MeterProvider is registered stays silent forever, so the
 * counters follow the global provider.
 */
export class CorrelationMetrics {
  #provider: MeterProvider | undefined
  #counters: Counters | undefined

  /** `correlation.requests`, unit `{request}`. */
  request(source: Source, reason: RequestReason): void {
    this.#current().requests.add(1, { 'correlation.source': source, 'correlation.reason': reason })
  }

  /** `correlation.logs`, unit `{log_record}`. */
  log(present: boolean): void {
    this.#current().logs.add(1, { 'correlation.present': present })
  }

  /** `correlation.outbound`, unit `{request}`. */
  outbound(decision: 'sent' | 'withheld'): void {
    this.#current().outbound.add(1, { 'correlation.decision': decision })
  }

  #current(): Counters {
    const provider = metrics.getMeterProvider()
    if (this.#counters !== undefined && provider === this.#provider) return this.#counters
    const meter = provider.getMeter('@org/correlation')
    this.#provider = provider
    this.#counters = {
      requests: meter.createCounter('correlation.requests', {
        unit: '{request}',
        description: 'Inbound requests, by where the correlation ID came from and what was noticed about it.',
      }),
      logs: meter.createCounter('correlation.logs', {
        unit: '{log_record}',
        description: 'Log records, by whether they have a correlation ID.',
      }),
      outbound: meter.createCounter('correlation.outbound', {
        unit: '{request}',
        description: 'Outbound requests made under a correlation ID, by whether the host policy let it travel.',
      }),
    }
    return this.#counters
  }
}
