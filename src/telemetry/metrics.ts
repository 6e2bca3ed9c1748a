// SPDX-License-Identifier: Apache-2.0
import { type Counter, createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api'
import type { Reason, Source } from '../correlation/decide.ts'

/** The reasons of a decision, and the one that only the response shows. */
export type RequestReason = Reason | 'app_override'

const PRESENT = Object.freeze({ 'correlation.present': true })
const ABSENT = Object.freeze({ 'correlation.present': false })
const DECISIONS = Object.freeze({
  sent: Object.freeze({ 'correlation.decision': 'sent' }),
  withheld: Object.freeze({ 'correlation.decision': 'withheld' }),
  /** Made under no ID while a request is in flight. */
  missing: Object.freeze({ 'correlation.decision': 'missing' }),
})

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

  /** Whether there is a MeterProvider: without one, what is to be counted need not be found out. */
  areRead(): boolean {
    return this.#current() !== undefined
  }

  /** `correlation.requests`, unit `{request}`. */
  request(source: Source, reason: RequestReason): void {
    this.#current()?.requests.add(1, { 'correlation.source': source, 'correlation.reason': reason })
  }

  /** `correlation.logs`, unit `{log_record}`. */
  log(present: boolean): void {
    this.#current()?.logs.add(1, present ? PRESENT : ABSENT)
  }

  /** `correlation.outbound`, unit `{request}`. */
  outbound(decision: keyof typeof DECISIONS): void {
    this.#current()?.outbound.add(1, DECISIONS[decision])
  }

  #current(): Counters | undefined {
    const provider = metrics.getMeterProvider()
    if (provider !== this.#provider) {
      this.#provider = provider
      this.#counters = countersOf(provider)
    }
    return this.#counters
  }
}

function countersOf(provider: MeterProvider): Counters | undefined {
  const meter = provider.getMeter('@org/correlation')
  // What the API hands out while nobody has registered a provider.
  if (meter === createNoopMeter()) return undefined
  return {
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
      description: 'Outbound requests, by whether the correlation ID travels, is withheld, or is missing in a request.',
    }),
  }
}
