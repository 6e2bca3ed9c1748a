// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, type RunAppOptions, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import type { Owner } from '../support/start-program.ts'
import { startRedis } from '../support/start-redis.ts'
import { fixtureIn } from './packages.ts'

/** Both versions that are supported. */
export const VERSIONS = ['bullmq-5', 'bullmq-6'] as const
export type Version = (typeof VERSIONS)[number]

/** What a log line of ours may take on a machine that is busy. */
export const PATIENCE_MS = 60_000

export interface BullmqApp {
  readonly version: Version
  readonly redis: { readonly port: number }
  readonly sink: OtlpSink
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly preload?: RunAppOptions['preload']
  readonly onLine?: (line: string) => void
}

/** Starts a fixture where this version of BullMQ is installed. */
export async function startApp(t: Owner, file: string, options: BullmqApp & { args?: string[] }): Promise<App> {
  const { version, redis, sink, env, args, preload, onLine } = options
  const app = await runApp({
    fixture: fixtureIn(version, file, 'bullmq'),
    sink,
    env: { REDIS_PORT: String(redis.port), ...env },
    ...(args && { args, serve: false }),
    ...(preload && { preload }),
    ...(onLine && { onLine }),
  })
  t.after(() => app[Symbol.asyncDispose]())
  return app
}

/** What the apps of a test share. */
export async function prepare(t: Owner, version: Version) {
  const sink = await startOtlpSink()
  t.after(() => sink.close())
  return { version, sink, redis: await startRedis(t) }
}

/** One process that adds jobs, and one that works. */
export async function startBoth(t: Owner, version: Version, env: BullmqApp['env'] = {}) {
  const app = { ...(await prepare(t, version)), env }
  const { sink } = app
  return { app, sink, server: await startApp(t, 'server.cjs', app), worker: await startApp(t, 'worker.cjs', app) }
}

/** What `require('@org/correlation')` finds, where the package is installed. */
export const API = path.join(ROOT, 'dist/index.cjs')

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A method of a queue (or a producer of flows), and what it is called with. */
export interface Call {
  readonly on?: 'queue' | 'flow'
  readonly method?: string
  readonly args: readonly unknown[]
}

interface Called {
  /** The ID of the request that made the call. */
  readonly id: string
  /** The arguments after the call. */
  readonly args: readonly unknown[]
  readonly result: unknown
}

/** Has the app make the call in a request of its own. */
export async function call(server: App, { on = 'queue', method = 'add', args }: Call, id?: string): Promise<Called> {
  const query = new URLSearchParams({ on, method, args: JSON.stringify(args) })
  const headers = id === undefined ? {} : { 'x-correlation-id': id }
  const response = await server.request(`/call?${query}`, { headers })
  assert.equal(response.status, 200, server.stderr + server.stdout.join('\n'))
  const { args: after, result } = JSON.parse(response.body)
  return { id: String(response.headers['x-correlation-id']), args: after, result }
}

/** Waits for so many lines of one case, then returns all that there are. */
export async function linesOf(app: App, name: string, count: number): Promise<readonly LogLine[]> {
  const ofCase = (logs: readonly LogLine[]) => logs.filter((line) => line['case'] === name)
  return ofCase(await app.waitForLogs((logs) => ofCase(logs).length >= count, PATIENCE_MS))
}

/** The spans of one ID, once there are so many of handling. */
export async function spansOf(sink: OtlpSink, id: string, handled: number): Promise<SpansOfJobs> {
  const own = (all: readonly SinkSpan[]) => all.filter((span) => span.attributes['correlation.id'] === id)
  const kinds = (all: readonly SinkSpan[], kind: SinkSpan['kind']) => own(all).filter((span) => span.kind === kind)
  const all = await sink.waitForSpans(
    (spans) => kinds(spans, 'CONSUMER').length >= handled && kinds(spans, 'SERVER').length > 0,
    PATIENCE_MS,
  )
  return {
    server: kinds(all, 'SERVER'),
    producers: kinds(all, 'PRODUCER'),
    consumers: kinds(all, 'CONSUMER'),
    clients: kinds(all, 'CLIENT'),
  }
}

export interface SpansOfJobs {
  readonly server: readonly SinkSpan[]
  readonly producers: readonly SinkSpan[]
  readonly consumers: readonly SinkSpan[]
  readonly clients: readonly SinkSpan[]
}

/** The places that links lead to. */
export const linkedFrom = (span: SinkSpan) => span.links.map(({ traceId, spanId }) => `${traceId}/${spanId}`)
export const placeOf = ({ traceId, spanId }: SinkSpan) => `${traceId}/${spanId}`

/** Of the IDs in lines: each once. */
export const idsIn = (lines: readonly LogLine[]) => [...new Set(lines.map((line) => line['correlation_id']))]

/** What the lines say, in an order that does not depend on who was first. */
export const messagesOf = (lines: readonly LogLine[]) => lines.map((line) => line['message']).toSorted()
