// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from 'node:http'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SinkSpan } from './otlp-decode.ts'
import { startOtlpSink } from './otlp-sink.ts'
import { type RawSink, startRawSink } from './raw-sink.ts'
import { type LogLine, runApp } from './run-app.ts'

interface Options {
  /** The project it is installed in, which is also its working directory. */
  readonly folder: string
  readonly file: string
  readonly nodeArgs: readonly string[]
  readonly t: TestContext
  readonly env?: Readonly<Record<string, string>>
}

/** What one request left behind. */
interface Answer {
  readonly headers: IncomingHttpHeaders
  readonly logs: readonly LogLine[]
  /** Empty where nothing in the app sends any over OTLP. */
  readonly spans: readonly SinkSpan[]
  /** The names of the spans that Sentry was sent. */
  readonly sentrySpans: readonly string[]
  readonly stderr: string
}

interface UserApp {
  /** Sends one request with this ID to `/`, and collects. */
  ask(id: string, options?: { readonly waitsForSentry?: boolean }): Promise<Answer>
}

/** Starts an app in its own project, where nothing of this repository can be resolved. */
export async function startUserApp({ folder, file, nodeArgs, t, env }: Options): Promise<UserApp> {
  const sink = await startOtlpSink()
  const sentry = await startRawSink()
  t.after(() => sink.close())
  t.after(() => sentry.close())
  const hasTelemetry = nodeArgs.length > 0 && !nodeArgs.includes('./sentry.mjs')
  const app = await runApp({
    fixture: `${folder}/${file}`,
    cwd: folder,
    preload: 'none',
    nodeArgs,
    sink,
    env: {
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      // The detectors of the clouds ask the network.
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      SENTRY_DSN: `http://key@127.0.0.1:${sentry.port}/1`,
      ...env,
    },
    t,
  })
  return {
    async ask(id, { waitsForSentry = false } = {}) {
      const { headers } = await app.request('/', { headers: { 'x-correlation-id': id } })
      const logs = await app.waitForLogs(2)
      // The server span is the last one to end, and so in the last batch.
      if (hasTelemetry) await sink.waitForSpans((all) => all.some((span) => span.kind === 'SERVER'))
      if (waitsForSentry) await waitFor(() => spanNames(sentry).includes('GET /'))
      return { headers, logs, spans: sink.spans, sentrySpans: spanNames(sentry), stderr: app.stderr }
    },
  }
}

/** Sentry sends its spans as JSON inside an envelope: https://develop.sentry.dev/sdk/foundations/data-model/envelopes/ */
function spanNames({ requests }: RawSink): readonly string[] {
  return requests
    .flatMap(({ body }) => [...body.matchAll(/"name":"([^"]+)","span_id":/g)])
    .map(([, name = '']) => name)
    .toSorted()
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (condition()) return
    await sleep(100)
  }
  throw new Error('Sentry was not sent the span of the request in 15 s.')
}
