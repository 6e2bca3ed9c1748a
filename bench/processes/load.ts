// SPDX-License-Identifier: Apache-2.0
import autocannon from 'autocannon'
import { type PacedOrder, runPaced } from './paced-load.ts'

/** What the load process is told: so many requests to one address, as fast as they are answered. */
export interface LoadOrder {
  readonly url: string
  readonly amount: number
  readonly connections: number
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number
  readonly failed: number
}

async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const result = await autocannon({ ...order, sampleInt: 20 })
  return { answered: result['2xx'], failed: result.non2xx + result.errors + result.timeouts }
}

process.on('message', async (order: LoadOrder | PacedOrder) => {
  const result = 'perSecond' in order ? await runPaced(order) : await runLoad(order)
  process.send?.({ type: 'loaded', ...result })
})
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'listening', port: 0 })
