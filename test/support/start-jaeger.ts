// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { programPath } from '../real/programs.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { ROOT } from './run-command.ts'
import { type Owner, type RunningProgram, startProgram } from './start-program.ts'

export interface JaegerOptions {
  /** A file in `otel-collector/`; `jaeger.yaml`, which keeps traces in memory, by default. */
  readonly config?: string
  /** Further variables of the file. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Jaeger extends RunningProgram {
  /** Takes OTLP over HTTP. */
  readonly otlpUrl: string
  /** Where it keeps traces, if on a disk. */
  readonly folder: string
  /** The page, and the query API. */
  readonly queryUrl: string
}

/** Starts the real Jaeger with one of our configurations, on free ports and with a folder of its own. */
export async function startJaeger(t: Owner, { config = 'jaeger.yaml', env = {} }: JaegerOptions = {}): Promise<Jaeger> {
  const [http, grpc, query, queryGrpc, health, telemetry] = await freePorts(6)
  const { folder, [Symbol.dispose]: removeFolder } = createProject('jaeger')
  const program = await startProgram(t, {
    name: `Jaeger with ${config}`,
    path: programPath('jaeger'),
    args: [`--config=${path.resolve(ROOT, 'otel-collector', config)}`],
    env: {
      OTLP_HTTP_LISTEN: `127.0.0.1:${http}`,
      OTLP_GRPC_LISTEN: `127.0.0.1:${grpc}`,
      QUERY_LISTEN: `127.0.0.1:${query}`,
      QUERY_GRPC_LISTEN: `127.0.0.1:${queryGrpc}`,
      HEALTH_LISTEN: `127.0.0.1:${health}`,
      TELEMETRY_HOST: '127.0.0.1',
      TELEMETRY_PORT: `${telemetry}`,
      STORAGE_DIRECTORY: folder,
      ...env,
    },
    readyUrl: `http://127.0.0.1:${health}/status`,
  })
  t.after(removeFolder)
  return Object.assign(program, {
    otlpUrl: `http://127.0.0.1:${http}`,
    queryUrl: `http://127.0.0.1:${query}`,
    folder,
  })
}
