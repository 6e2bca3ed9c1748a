// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { installFolder } from '../folders.ts'
import type { Variant } from '../variants.ts'
import { startChild } from './child.ts'
import type { Surroundings } from './surroundings.ts'

/** Which of the twins. */
export type AppFormat = 'cjs' | 'esm'

/** What a process has used since it began. */
export interface Usage {
  readonly cpuMicros: number
  readonly rssBytes: number
  readonly heapBytes: number
}

/** The app under test. */
export interface App extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  readonly started: Usage & { readonly wallMs: number }
  readonly stderr: string
  /** What it has used so far; `withHeap` collects garbage first, so that the heap holds what is alive. */
  usage(withHeap?: boolean): Promise<Usage>
}

export interface AppOptions {
  readonly format: AppFormat
  readonly surroundings: Surroundings
  /** Where its log lines go; by default nowhere, so that no reader of a pipe competes for the cores. */
  readonly logFile?: string
  /** Added to the variant's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** As the Kubernetes operator does it: by `NODE_OPTIONS=--require`, not by an argument. */
  readonly byNodeOptions?: boolean
  /** The address of a collector that is not there. */
  readonly collector?: string
  /** A file of `bench/app` other than the twin. */
  readonly entry?: string
  /** A program that runs Node, with its own arguments. */
  readonly under?: readonly string[]
  /** Arguments of Node before those of the variant. */
  readonly nodeArgs?: readonly string[]
}

/** Starts the app of a variant as its user would, in the folder the variant is installed in. */
export async function startApp(variant: Variant, options: AppOptions): Promise<App> {
  const { format, surroundings, logFile = '/dev/null', byNodeOptions = false } = options
  const folder = installFolder(variant.install)
  const entry = path.join(folder, 'app', options.entry ?? (format === 'cjs' ? 'app.cjs' : 'app.mjs'))
  const env = {
    ...appEnvironment(variant, surroundings, options.collector),
    ...options.env,
    ...(byNodeOptions && variant.preload ? { NODE_OPTIONS: `--require ${variant.preload}` } : {}),
  }
  const args = [...(options.nodeArgs ?? []), ...(byNodeOptions ? [] : variant.nodeArgs), entry]
  const stdout = openSync(logFile, 'a')
  const begun = process.hrtime.bigint()
  const child = startChild({ args, under: options.under ?? [], cwd: folder, env, stdout })
  closeSync(stdout)
  const listening = await child.receive<Usage & { readonly port: number }>('listening')
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${listening.port}`,
    started: { ...listening, wallMs: Number(process.hrtime.bigint() - begun) / 1e6 },
    get stderr() {
      return child.stderr
    },
    usage: (withHeap = false) => child.ask<Usage>({ type: 'usage', withHeap }, 'usage'),
    [Symbol.asyncDispose]: () => child.stop(),
  }
}

/** The whole environment of a variant's process. */
export function appEnvironment(
  variant: Variant,
  { downstreamUrl, sinkUrl }: Surroundings,
  collector = sinkUrl,
): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    BENCH_DOWNSTREAM: downstreamUrl,
    ...(variant.hook ? { BENCH_HOOK: path.join(installFolder(variant.install), 'app/hooks', variant.hook) } : {}),
    ...(variant.exports ? exportSettings(collector) : {}),
    ...variant.env,
  }
}

/**
 * The settings of all that export: the same collector, the protocol that is the default of most, and no resource detector that asks the network (the
 * metadata services of clouds), since there is none here. Everything else is as each comes.
 */
function exportSettings(collector: string): Readonly<Record<string, string>> {
  return {
    OTEL_SERVICE_NAME: 'bench',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
    DASH0_OTEL_COLLECTOR_BASE_URL: collector,
  }
}
