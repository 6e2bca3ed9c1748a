// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { ROOT } from './run-command.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface CollectorOptions {
  /** A file in `otel-collector/`, as users get it, or an absolute path. */
  readonly config: string
  /** Variables of the file, such as `JAEGER_ENDPOINT`; addresses to listen at and the folder are given. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Collector extends RunningProgram {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlpUrl: string
  /** The port of OTLP over gRPC. */
  readonly grpcPort: number
  /** Its own metrics, as Prometheus reads them. */
  readonly metricsUrl: string
  /** Where its queues are, and what it has read of files. */
  readonly folder: string
}

/** Starts the real collector with one of our configurations, on free ports and with a folder of its own. */
export async function startCollector(t: Owner, { config, env = {} }: CollectorOptions): Promise<Collector> {
  const [http, grpc = 0, health, telemetry] = await freePorts(4)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('collector')
  // Hooks run in the order in which they were set: the collector ends before its folder goes.
  const program = await startProgram(t, {
    name: `The collector with ${config}`,
    path: programPath('collector'),
    args: [`--config=${path.resolve(ROOT, 'otel-collector', config)}`],
    env: {
      OTLP_HTTP_LISTEN: `127.0.0.1:${http}`,
      OTLP_GRPC_LISTEN: `127.0.0.1:${grpc}`,
      HEALTH_LISTEN: `127.0.0.1:${health}`,
      TELEMETRY_HOST: '127.0.0.1',
      TELEMETRY_PORT: `${telemetry}`,
      STORAGE_DIRECTORY: folder,
      ...env,
    },
    readyUrl: `http://127.0.0.1:${health}/`,
  })
  t.after(removeFolder)
  return Object.assign(program, {
    otlpUrl: `http://127.0.0.1:${http}`,
    grpcPort: grpc,
    metricsUrl: `http://127.0.0.1:${telemetry}/metrics`,
    folder,
  })
}
