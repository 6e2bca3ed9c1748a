// SPDX-License-Identifier: Apache-2.0
import autocannon from 'autocannon'
import { quantile } from '../statistics.ts'

/** What the load process is told: so many requests to one address. */
export interface LoadOrder {
  readonly url: string
  readonly amount: number
  readonly connections: number
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Requests a second over all connections; without it as fast as the app answers. */
  readonly overallRate?: number
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number
  readonly failed: number
  readonly p50Ms: number
  readonly p99Ms: number
}

process.on('message', async (order: LoadOrder) => {
  // autocannon's own histogram counts in whole milliseconds.
  const latencies: number[] = []
  const result = await autocannon({
    ...order,
    sampleInt: 20,
    setupClient: (client) => client.on('response', (_status, _bytes, milliseconds) => latencies.push(milliseconds)),
  })
  const loaded: LoadResult = {
    answered: result['2xx'],
    failed: result.non2xx + result.errors + result.timeouts,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
  process.send?.({ type: 'loaded', ...loaded })
})
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'listening', port: 0 })
