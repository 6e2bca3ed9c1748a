// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'
import type { Route } from './routes.ts'

export interface RequestPlan {
  readonly variants: readonly Variant[]
  readonly routes: readonly Route[]
  readonly format: AppFormat
  readonly rounds: number
  /** The number of the first round. */
  readonly from: number
  readonly warmUp: number
  readonly amount: number
}

/** CPU microseconds of the app's process per request, by route. */
export type RequestSamples = Readonly<Record<string, readonly Sample[]>>

const CONNECTIONS = 10

/**
 * Measures the CPU time that the app's process spends on a request. A fresh process for each variant and round, every route in it, warmed up
 * first; the order of the variants is rotated, so that none is always the first after a pause. CPU time and not wall time: the load generator and
 * the downstream share the cores.
 */
export async function measureRequests(
  plan: RequestPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<RequestSamples> {
  const samples: Record<string, Sample[]> = Object.fromEntries(plan.routes.map(({ name }) => [name, []]))
  for (let round = plan.from; round < plan.from + plan.rounds; round += 1) {
    for (const variant of rotate(plan.variants, round)) {
      progress(`requests (${plan.format}), round ${round + 1} of ${plan.from + plan.rounds}: ${variant.name}`)
      await using app = await startApp(variant, { format: plan.format, surroundings })
      const send = async (route: Route, amount: number) => {
        const order = { url: app.url + route.path, amount, connections: CONNECTIONS, ...route.order }
        const { failed } = await surroundings.load(order)
        if (failed > 0)
          throw new Error(`${failed} requests to ${route.path} failed with ${variant.name}. ${app.stderr}`)
      }
      for (const route of plan.routes) await send(route, plan.warmUp)
      for (const route of plan.routes) {
        const before = await app.usage()
        await send(route, plan.amount)
        const after = await app.usage()
        const value = (after.cpuMicros - before.cpuMicros) / plan.amount
        samples[route.name]?.push({ variant: variant.name, round, value })
      }
    }
  }
  return samples
}
