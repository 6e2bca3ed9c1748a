// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url'
import type { OtlpSink } from '../../test/support/otlp-sink.ts'
import { type App, runApp } from '../../test/support/run-app.ts'
import type { ServiceLine } from './timeline.ts'

export const SERVICE_NAMES = ['shop', 'pricing', 'notifier'] as const

/** The three services, each in a process of its own. */
export interface Services {
  readonly shop: App
  /** What they wrote to stdout so far. */
  lines(): readonly ServiceLine[]
  stop(): Promise<void>
}

/** Starts the services; nothing but the preload tells them about correlation. */
export async function startServices(sink: OtlpSink, preload: 'import' | 'none'): Promise<Services> {
  const apps = new Map<string, App>()

  async function start(
    name: (typeof SERVICE_NAMES)[number],
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<App> {
    const fixture = fileURLToPath(new URL(`${name}.js`, import.meta.url))
    const app = await runApp({
      fixture,
      preload,
      sink,
      env: { ...telemetrySettings(), OTEL_SERVICE_NAME: name, ...env },
    })
    apps.set(name, app)
    return app
  }

  async function stop(): Promise<void> {
    await Promise.all([...apps.values()].map((app) => app.stop()))
  }

  try {
    const [pricing, notifier] = await Promise.all([start('pricing'), start('notifier')])
    const callees = { PRICING_URL: pricing.url, NOTIFIER_URL: notifier.url }
    const shop = await start('shop', { ...callees, RECEIPTS: 'queue', REDIS_URL: process.env['REDIS_URL'] })
    const lines = () => [...apps].flatMap(([service, app]) => app.logs.map((line) => ({ service, line })))
    return { shop, lines, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The sentence for a Redis that nothing here can speak to. */
export function queueProblem(): string | undefined {
  if (!process.env['REDIS_URL']) return undefined
  try {
    import.meta.resolve('bullmq')
    return undefined
  } catch {
    return 'REDIS_URL is set, and BullMQ is not installed here: npm install --no-save bullmq ioredis. Without REDIS_URL the shop has a queue of its own.'
  }
}

/** What the user has set to play with, e.g. `CORRELATION_ID_FORMAT=ulid`; where to send telemetry is the demo's matter. */
function telemetrySettings(): Record<string, string | undefined> {
  const ours = Object.entries(process.env).filter(
    ([name]) => /^(OTEL|CORRELATION)_/.test(name) && !/_ENDPOINT$|^CORRELATION_TEST_/.test(name),
  )
  return Object.fromEntries(ours)
}
