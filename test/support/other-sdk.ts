// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SinkSpan } from './otlp-decode.ts'
import { startOtlpSink } from './otlp-sink.ts'
import { startRawSink } from './raw-sink.ts'
import { type App, type RunAppOptions, runApp } from './run-app.ts'

/** An application with an SDK of its own. */
export type OtherApp = Pick<RunAppOptions, 'fixture' | 'env' | 'nodeArgs' | 'preload'>

/** What was seen of one run. */
export interface Seen {
  readonly app: App
  /** What their collector got. */
  readonly theirs: readonly SinkSpan[]
  /** What the endpoint of the environment got, which is ours. */
  readonly ours: readonly SinkSpan[]
  /** The heads of the requests that the application made. */
  readonly outbound: readonly string[]
}

export const APP = path.join(import.meta.dirname, '../fixtures/http.cjs')
const PATHS = ['/', '/call', '/fetch'] as const
/** One ID for each request; without the preload the application sees the same header, so that bodies have one length. */
export const IDS = PATHS.map((_, i) => `client-${i}`)

/** Runs the application and sends it a plain request, one that calls by `node:http` and one that calls by `fetch`. */
export async function observe(
  app: OtherApp,
  t: TestContext,
  {
    hasOne = false,
    serverSpans = 3,
    clientSpans = 2,
    before = async (_: App) => undefined,
  }: { hasOne?: boolean; serverSpans?: number; clientSpans?: number; before?: (app: App) => Promise<unknown> } = {},
): Promise<Seen> {
  await using theirs = await startOtlpSink()
  await using ours = await startOtlpSink()
  await using target = await startRawSink()
  const running = await runApp({
    ...app,
    sink: hasOne ? theirs : ours,
    env: { APP, THEIR_URL: theirs.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', ...app.env },
    t,
  })
  await before(running)
  for (const [i, name] of PATHS.entries()) {
    const headers = { 'x-correlation-id': IDS[i] as string }
    const response = await running.request(`${name}?url=${target.url}/called`, { headers })
    assert.equal(response.status, 200)
    if (app.preload !== 'none' || app.nodeArgs?.some((arg) => arg.includes('@org/correlation')))
      assert.equal(response.headers['x-correlation-id'], IDS[i])
  }
  const all = () => [...theirs.spans, ...ours.spans]
  const count = (kind: string) => all().filter((span) => span.kind === kind).length
  for (let i = 0; i < 800 && (count('SERVER') < serverSpans || count('CLIENT') < clientSpans); i++) await sleep(50)
  // Anything sent twice comes now.
  await sleep(300)
  await running.stop('SIGKILL')
  return {
    app: running,
    theirs: [...theirs.spans],
    ours: [...ours.spans],
    outbound: target.requests.map(({ head }) => head),
  }
}

/** The ID of each request, in the log, on every span of it, and on what the application called. */
export function assertCorrelated({ app, outbound }: Seen, spans: readonly SinkSpan[]): void {
  const messages = app.logs.filter((line) => typeof line['message'] === 'string')
  assert.deepEqual(
    messages.map((line) => [line['message'], line['correlation_id']]),
    [
      ['first line', IDS[0]],
      ['second line', IDS[0]],
      ['called', IDS[1]],
      ['fetched', IDS[2]],
    ],
  )
  assert.deepEqual(
    outbound.map((head) => /^x-correlation-id: (.*)$/im.exec(head)?.[1]?.trim()),
    IDS.slice(1),
  )
  const server = spans.filter((span) => span.kind === 'SERVER')
  if (server.length > 0) {
    assert.deepEqual(server.map((span) => span.attributes['correlation.id']).sort(), [...IDS].sort())
  }
  for (const span of spans) {
    const root = server.find(({ traceId }) => traceId === span.traceId)
    if (root !== undefined)
      assert.equal(span.attributes['correlation.id'], root.attributes['correlation.id'], span.name)
  }
}

/** Everything about the spans but their IDs, times and ports, and what we add. */
export function comparable(spans: readonly SinkSpan[]): readonly string[] {
  const nameOf = new Map(spans.map((span) => [span.spanId, span.name]))
  return spans
    .map((span) => {
      const attributes = Object.entries(span.attributes)
        .filter(([name]) => !name.startsWith('correlation.') && !/port|thread/.test(name))
        .map(([name, value]) => [name, String(value).replaceAll(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1')])
        .sort()
      const parent = span.parentSpanId === undefined ? null : (nameOf.get(span.parentSpanId) ?? 'remote')
      return JSON.stringify([span.name, span.kind, span.scope.name, parent, span.status, attributes])
    })
    .sort()
}
