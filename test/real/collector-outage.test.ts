// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { findSpans } from '../support/jaeger-query.ts'
import { type App, runApp } from '../support/run-app.ts'
import { startCollector } from '../support/start-collector.ts'
import { type Jaeger, startJaeger } from '../support/start-jaeger.ts'

const SERVICE = 'under-load'
/** The service answers each request with one span. */
const REQUESTS_PER_SECOND = 40
const OUTAGE_MS = 30_000

describe('a Jaeger that is gone for 30 s, and collectors that start again meanwhile', () => {
  it('lose no span with the production configuration', async (t) => {
    const jaeger = await startJaeger(t, { config: 'jaeger-badger.yaml' })
    const gateway = await startCollector(t, {
      config: 'gateway.yaml',
      env: {
        JAEGER_ENDPOINT: jaeger.otlpUrl,
        // These stores never come: what waits for them must not be in the way.
        LOGS_ENDPOINT: 'http://127.0.0.1:1',
        METRICS_ENDPOINT: 'http://127.0.0.1:1',
        SAMPLING_PERCENTAGE: '100',
      },
    })
    const agent = await startCollector(t, { config: 'agent.yaml', env: { GATEWAY_ENDPOINT: gateway.otlpUrl } })
    const load = await startLoad(t, agent.otlpUrl)

    await sleep(3_000)
    await jaeger.stop()
    await sleep(OUTAGE_MS / 3)
    await gateway.stop()
    await gateway.start()
    await sleep(OUTAGE_MS / 3)
    // What it has acknowledged is on its disk.
    await agent.stop('SIGKILL')
    await agent.start()
    await sleep(OUTAGE_MS / 3)
    await jaeger.start()
    await sleep(3_000)
    const sent = await load.stop()

    const found = await eventually(
      () => idsIn(jaeger, sent.length),
      (ids) => ids.size >= sent.length,
      90_000,
    )
    t.diagnostic(`${sent.length} spans sent over ${OUTAGE_MS / 1000} s of outage, ${found.size} found`)
    assert.ok(sent.length > (OUTAGE_MS / 1000) * REQUESTS_PER_SECOND * 0.5, `only ${sent.length} requests`)
    assert.deepEqual(
      sent.filter((id) => !found.has(id)),
      [],
    )
  })

  it('would lose some with a queue in memory, and the count would show it', async (t) => {
    const jaeger = await startJaeger(t, { config: 'jaeger-badger.yaml' })
    const collector = await startCollector(t, { config: 'development.yaml', env: { JAEGER_ENDPOINT: jaeger.otlpUrl } })
    const load = await startLoad(t, collector.otlpUrl)

    await sleep(1_000)
    await jaeger.stop()
    await sleep(3_000)
    await collector.stop()
    await collector.start()
    await jaeger.start()
    const sent = await load.stop()

    const found = await eventually(
      () => idsIn(jaeger, sent.length),
      (ids) => ids.size >= sent.length,
      10_000,
    )
    t.diagnostic(`${sent.length} spans sent, ${found.size} found`)
    assert.ok(found.size > 0)
    assert.ok(found.size < sent.length)
  })
})

interface Load {
  /** Ends it, lets the service send what it has, and gives the ID of each request that was answered. */
  stop(): Promise<readonly string[]>
}

/** A service as users start it, asked all the time, each time under another ID. */
async function startLoad(t: TestContext, otlpUrl: string): Promise<Load> {
  const app: App = await runApp({
    fixture: 'http.mjs',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl, OTEL_SERVICE_NAME: SERVICE },
    t,
  })
  const sent: string[] = []
  const waiting = new Set<Promise<void>>()
  const timer = setInterval(() => {
    const id = `request-${sent.length}`
    sent.push(id)
    const answered = app
      .request('/', { headers: { 'x-correlation-id': id } })
      .then(({ status }) => assert.equal(status, 200))
    waiting.add(answered)
    answered.finally(() => waiting.delete(answered)).catch(() => {})
  }, 1000 / REQUESTS_PER_SECOND)
  t.after(() => clearInterval(timer))
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(waiting)
      await app.stop()
      return sent
    },
  }
}

async function idsIn({ queryUrl }: Jaeger, count: number): Promise<ReadonlySet<unknown>> {
  const spans = await findSpans(queryUrl, { service: SERVICE, limit: count * 2 })
  return new Set(spans.map(({ attributes }) => attributes['correlation.id']))
}
