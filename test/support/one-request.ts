// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from 'node:test'
import type { Response } from './http-request.ts'
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts'
import { type App, type RunAppOptions, runApp } from './run-app.ts'

type Env = NonNullable<RunAppOptions['env']>

/** The ID of the request that `oneRequest` sends. */
export const ID = 'env-1'

export interface OneRequest {
  readonly app: App
  readonly sink: OtlpSink
  readonly response: Response
}

/**
 * Starts an app that sends to a receiver of its own, and sends it one request. The environment may depend on where the receiver
 * listens, as for the tests of the variables that say so.
 */
export async function oneRequest(
  t: TestContext,
  env: Env | ((sink: OtlpSink) => Env),
  {
    fixture = 'http.cjs',
    path = '/',
    headers = {},
  }: { fixture?: string; path?: string; headers?: Record<string, string> } = {},
): Promise<OneRequest> {
  const sink = await startOtlpSink()
  t.after(() => sink.close())
  const app = await runApp({
    fixture,
    env: typeof env === 'function' ? env(sink) : { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env },
    t,
  })
  const response = await app.request(path, { headers: { 'x-correlation-id': ID, ...headers } })
  return { app, sink, response }
}

/** Ends the app, which sends what it has, and returns how many requests of each path came. */
export async function sentAtEnd({ app, sink }: OneRequest): Promise<Readonly<Record<string, number>>> {
  await app.stop()
  const counts: Record<string, number> = {}
  for (const { path } of sink.requests) counts[path] = (counts[path] ?? 0) + 1
  return counts
}
