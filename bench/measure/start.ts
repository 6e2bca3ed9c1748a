// SPDX-License-Identifier: Apache-2.0
import { type AppFormat, startApp } from '../processes/app.ts'
import type { Surroundings } from '../processes/surroundings.ts'
import type { Sample } from '../ratio.ts'
import type { Variant } from '../variants.ts'
import { rotate } from './rotate.ts'

export interface StartPlan {
  readonly variants: readonly Variant[]
  readonly format: AppFormat
  readonly repeats: number
  /** As the Kubernetes operator starts an app: `NODE_OPTIONS=--require`, metrics on. */
  readonly asOperator: boolean
  /** Goes on to the first answer and the first export, for what a variant puts off until then. */
  readonly untilExported: boolean
}

/** What a start took. */
export interface StartSamples {
  /** CPU milliseconds of the process when it listens. */
  readonly cpu: readonly Sample[]
  /** Milliseconds from spawn to listening. */
  readonly wall: readonly Sample[]
  /** MiB of the process when it listens. */
  readonly rss: readonly Sample[]
  /** CPU milliseconds of the process after the first request and the first export. */
  readonly exported: readonly Sample[]
}

/** What the operator's agent image sets, beside the address of the collector. */
const OPERATOR = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp' }
const SHORT_BATCHES = { OTEL_BSP_SCHEDULE_DELAY: '100' }
/** Ten times the delay of a batch. */
const EXPORT_MS = 1_000

export async function measureStart(
  plan: StartPlan,
  surroundings: Surroundings,
  progress: (text: string) => void,
): Promise<StartSamples> {
  const samples = { cpu: [] as Sample[], wall: [] as Sample[], rss: [] as Sample[], exported: [] as Sample[] }
  for (let round = 0; round < plan.repeats; round += 1) {
    progress(`start, ${plan.asOperator ? 'as the operator, ' : ''}round ${round + 1} of ${plan.repeats}`)
    for (const { env, ...variant } of rotate(plan.variants, round)) {
      const settings = { ...(plan.asOperator ? OPERATOR : {}), ...(plan.untilExported ? SHORT_BATCHES : {}), ...env }
      const options = { format: plan.format, surroundings, env: settings, byNodeOptions: plan.asOperator }
      await using app = await startApp(variant, options)
      const put = (list: Sample[], value: number) => list.push({ variant: variant.name, round, value })
      put(samples.cpu, app.started.cpuMicros / 1_000)
      put(samples.wall, app.started.wallMs)
      put(samples.rss, app.started.rssBytes / 2 ** 20)
      if (!plan.untilExported) continue
      await surroundings.load({ url: `${app.url}/api/http/7`, amount: 1, connections: 1 })
      await new Promise((resolve) => setTimeout(resolve, EXPORT_MS))
      put(samples.exported, (await app.usage()).cpuMicros / 1_000)
    }
  }
  return samples
}
