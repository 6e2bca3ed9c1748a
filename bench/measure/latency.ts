// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'
import { send } from './send.ts'

export interface LatencyPlan {
  readonly variants: readonly Variant[]
  readonly format: AppFormat
  readonly rounds: number
  readonly perSecond: number
  readonly seconds: number
}

/** Milliseconds from the request to the end of its answer. */
export interface LatencySamples {
  readonly p50: readonly Sample[]
  readonly p99: readonly Sample[]
}

const PATH = '/api/http/7'
const WARM_UP = { amount: 4_000, connections: 10 }

/** How long a request takes at a modest fixed rate, where nothing queues up. */
export async function measureLatency(
  plan: LatencyPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<LatencySamples> {
  const samples = { p50: [] as Sample[], p99: [] as Sample[] }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      progress(`latency, round ${round + 1} of ${plan.rounds}: ${variant.name}`)
      await using app = await startApp(variant, { format: plan.format, surroundings })
      const url = app.url + PATH
      await send(app, { path: PATH, ...WARM_UP }, surroundings)
      const { p50Ms, p99Ms, failed } = await surroundings.loadPaced({
        url,
        perSecond: plan.perSecond,
        seconds: plan.seconds,
      })
      if (failed > 0) throw new Error(`${failed} requests failed with ${variant.name}. ${app.stderr}`)
      samples.p50.push({ variant: variant.name, round, value: p50Ms })
      samples.p99.push({ variant: variant.name, round, value: p99Ms })
    }
  }
  return samples
}
