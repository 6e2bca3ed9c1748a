// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Variant } from '../variants.ts'

/** What arrived of the requests that a cluster of two workers answered, and was then told to end. */
export interface ClusterResult {
  readonly variant: string
  readonly requests: number
  readonly serverSpans: number
  readonly linesWithId: number
  readonly ids: number
}

const REQUESTS = 4_000
/** The last batch leaves at the end of the processes; the sink may still be reading it. */
const ARRIVAL_MS = 500

export async function measureCluster(variant: Variant, surroundings: Surroundings): Promise<ClusterResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'correlation-bench-'))
  const logFile = path.join(folder, 'log')
  try {
    await surroundings.exported(true)
    {
      await using app = await startApp(variant, { format: 'cjs', surroundings, logFile, entry: 'cluster.cjs' })
      await surroundings.load({ url: `${app.url}/api/plain/7`, amount: REQUESTS, connections: 20 })
    }
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS))
    const { routes } = await surroundings.exported(false)
    const ids = readFileSync(logFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly correlation_id?: string }).correlation_id)
      .filter((id) => id !== undefined)
    return {
      variant: variant.name,
      requests: REQUESTS,
      serverSpans: routes.length,
      linesWithId: ids.length,
      ids: new Set(ids).size,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
