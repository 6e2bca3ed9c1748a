// SPDX-License-Identifier: Apache-2.0
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts'
import { type Collector, startCollector } from './start-collector.ts'
import type { Owner } from './start-program.ts'

export interface Gateway {
  readonly collector: Collector
  readonly sink: OtlpSink
}

/** The production gateway, with a sink in place of each store; decides soon, and samples nothing away unless `env` says so. */
export async function startGateway(t: Owner, env: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const sink = await startOtlpSink()
  const collector = await startCollector(t, {
    config: 'gateway.yaml',
    env: {
      JAEGER_ENDPOINT: sink.url,
      LOGS_ENDPOINT: sink.url,
      METRICS_ENDPOINT: sink.url,
      SAMPLING_PERCENTAGE: '100',
      DECISION_WAIT: '1s',
      METRICS_INTERVAL: '1s',
      ...env,
    },
  })
  t.after(() => sink.close())
  return { collector, sink }
}
