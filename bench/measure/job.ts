// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { installFolder } from '../folders.ts'
import { type App, type AppFormat, startApp } from '../processes/app.ts'
import type { Exported, Surroundings } from '../processes/surroundings.ts'
import type { Variant } from '../variants.ts'
import type { Route } from './routes.ts'

/** Which ID was found at a place: the caller's correlation ID, the trace's, or none. */
export type FoundId = 'correlation ID' | 'trace ID' | 'no'

/** What a variant did for a request that carried a correlation ID. */
export interface Job {
  readonly variant: string
  readonly format: AppFormat
  /** In both log lines. */
  readonly log: FoundId
  readonly response: FoundId
  readonly downstream: FoundId
  /** The server spans name the route; null without server spans. */
  readonly route: boolean | null
  readonly spansPerRequest: number
  readonly bytesPerRequest: number
  /** Hosts outside the machine that the process connected to. */
  readonly outside: readonly string[]
}

const REQUESTS = 400
/** Nothing comes for so long: all has come. */
const QUIET_MS = 1_500
const DEADLINE_MS = 12_000
const ID = 'bench-4bf92f3577b34da6'

/** Asks once with a correlation ID and looks where it went, then counts what is exported for many requests. */
export async function checkJob(
  variant: Variant,
  format: AppFormat,
  route: Route,
  surroundings: Surroundings,
): Promise<Job> {
  const folder = mkdtempSync(path.join(tmpdir(), 'correlation-bench-'))
  const logFile = path.join(folder, 'log')
  try {
    const watch = path.join(installFolder(variant.install), 'app/watch-connections.cjs')
    const env = { NODE_OPTIONS: `--require ${watch}`, OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_BLRP_SCHEDULE_DELAY: '200' }
    await surroundings.exported(true)
    await using app = await startApp(variant, { format, surroundings, logFile, env })
    const seen = await askOnce(app, route, surroundings)
    const traceId = seen.downstream['traceparent']?.split('-')[1]
    const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-2)
    const found = (texts: readonly string[]): FoundId => {
      if (texts.every((text) => text.includes(ID))) return 'correlation ID'
      return traceId && texts.every((text) => text.includes(traceId)) ? 'trace ID' : 'no'
    }
    await surroundings.load({ url: app.url + route.path, amount: REQUESTS, connections: 10 })
    const exported = variant.exports ? await untilQuiet(surroundings) : await surroundings.exported()
    return {
      variant: variant.name,
      format,
      log: found(lines),
      response: found([JSON.stringify(seen.response)]),
      downstream: found([JSON.stringify(seen.downstream)]),
      route: exported.routes.length === 0 ? null : exported.routes.every((name) => name === route.template),
      spansPerRequest: exported.spans / (REQUESTS + 1),
      bytesPerRequest: exported.bytes / (REQUESTS + 1),
      outside: [...new Set([...app.stderr.matchAll(/^connects to (.+)$/gm)].map(([, host = '']) => host))],
    }
  } finally {
    // What the sink keeps of a whole run is gigabytes.
    await surroundings.exported(false)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function askOnce(app: App, route: Route, surroundings: Surroundings) {
  const response = await fetch(app.url + route.path, { headers: { 'x-correlation-id': ID } })
  await response.arrayBuffer()
  const { headers } = await surroundings.downstreamSaw()
  return { response: Object.fromEntries(response.headers), downstream: headers }
}

async function untilQuiet(surroundings: Surroundings): Promise<Exported> {
  const deadline = Date.now() + DEADLINE_MS
  let last = await surroundings.exported()
  for (let quietSince = Date.now(); Date.now() - quietSince < QUIET_MS && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    const now = await surroundings.exported()
    if (now.requests !== last.requests) quietSince = Date.now()
    last = now
  }
  return last
}
