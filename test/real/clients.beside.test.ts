// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'
import { startMariaDb } from '../support/start-mariadb.ts'
import { startPostgres } from '../support/start-postgres.ts'
import { startRedis } from '../support/start-redis.ts'
import { CLIENTS } from './client-cases.ts'
import { fixtureIn, installOf } from './packages.ts'

const THEIRS = path.join(
  installOf('otel-3'),
  'node_modules/@opentelemetry/auto-instrumentations-node/dist/register.cjs',
)
/** By library: its server, and an install of a version that they have spans for. */
const LIBRARIES = {
  pg: { start: startPostgres, install: 'clients' },
  mysql2: { start: startMariaDb, install: 'clients' },
  ioredis: { start: startRedis, install: 'clients-older' },
  redis: { start: startRedis, install: 'clients' },
} as const

const DEADLINE_MS = 60_000

interface Seen {
  /** The cases in which a step was not its caller's. */
  readonly wrong: readonly unknown[]
  /** How many spans of each name the library's instrumentation made. */
  readonly spans: Readonly<Record<string, number>>
}

/** Runs every case, with their preload alone or ours beside it. */
async function observe(name: keyof typeof LIBRARIES, url: string, ours: readonly string[]): Promise<Seen> {
  await using sink = await startOtlpSink()
  await using app = await runApp({
    fixture: fixtureIn(LIBRARIES[name].install, `${name}.mjs`, 'clients'),
    args: ['require'],
    preload: 'none',
    nodeArgs: ['--require', THEIRS, ...ours],
    sink,
    env: {
      SERVER_URL: url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
    },
  })
  let asked = 0
  for (const { what, isSingle } of CLIENTS[name]?.cases ?? []) {
    const ids = Array.from({ length: isSingle ? 1 : 5 }, (_, i) => `${what.replaceAll(/\W+/g, '-')}-${i}`)
    asked += ids.length
    const ask = async (id: string) => {
      const { status, body } = await app.request(`/${encodeURIComponent(what)}`, {
        headers: { 'x-correlation-id': id },
      })
      assert.equal(status, 200, `${what}: ${body}`)
    }
    // Alone, the first one connects: a command that waits for the connection has two spans there, which would be a matter of time.
    await ask(ids[0] ?? '')
    await Promise.all(ids.slice(1).map(ask))
  }
  // The span of a request ends behind those of its queries.
  await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length >= asked, DEADLINE_MS)
  const isWrong = (line: Readonly<Record<string, unknown>>) => (line['correlation_id'] ?? null) !== line['owner']
  const spans: Record<string, number> = {}
  for (const span of sink.spans) {
    if (span.scope.name === `@opentelemetry/instrumentation-${name}`) spans[span.name] = (spans[span.name] ?? 0) + 1
  }
  return { wrong: [...new Set(app.logs.filter(isWrong).map((line) => line['case']))], spans }
}

describe("beside OpenTelemetry's own instrumentations", () => {
  for (const name of Object.keys(LIBRARIES) as (keyof typeof LIBRARIES)[]) {
    it(`${name} calls back under its caller's ID, and has as many spans as without us`, async (t) => {
      const { url } = await LIBRARIES[name].start(t)
      const alone = await observe(name, url, [])
      const both = await observe(name, url, ['--require', '@org/correlation/register'])
      assert.ok(Object.keys(alone.spans).length > 0, 'they have no spans of it')
      assert.deepEqual(both, { wrong: [], spans: alone.spans })
    })
  }
})
