// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { SinkMetric } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { startRawSink } from '../support/raw-sink.ts'
import { type App, type RunAppOptions, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'

const FIXTURE = path.join(ROOT, 'test/fixtures/lost-context/queue.cjs')
const LINES = readFileSync(FIXTURE, 'utf8').split('\n')
/** Where the fixture does something that ought to have an ID, as a stack names it. */
const placeOf = (code: string) => `${FIXTURE}:${LINES.findIndex((line) => line.includes(code)) + 1}`
const PLACES = [placeOf("log.info('in the callback')"), placeOf('http.get(url'), placeOf('await fetch(target)')]
const METRICS = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_TRACES_EXPORTER: 'none' }

async function start(t: TestContext, options: Partial<RunAppOptions>): Promise<App> {
  const target = await startRawSink()
  t.after(() => target.close())
  return runApp({ fixture: FIXTURE, args: [target.url], t, ...options })
}

/** Twice each, so that a place that is named twice shows. */
async function ask(app: App, url: string): Promise<void> {
  for (const id of ['secret-1', 'secret-2']) await app.request(url, { headers: { 'x-correlation-id': id } })
}

/** The counts of the last export, by decision or presence. */
function last(metrics: readonly SinkMetric[], name: string): Readonly<Record<string, number>> {
  const points = metrics.findLast((metric) => metric.name === name)?.points ?? []
  return Object.fromEntries(points.map(({ attributes, value }) => [Object.values(attributes).join(), Number(value)]))
}

/** The places that diagnostics name, each as often as they do. */
const namedBy = (app: App) =>
  [...`${app.stdout.join('\n')}\n${app.stderr}`.matchAll(/under no correlation ID .*? at (\S+)\. /g)].map(
    ([, at]) => at,
  )

describe('a line or a call under no ID while a request is in flight', () => {
  it('is counted; not before there is any request, nor what exporters send meanwhile', async (t) => {
    await using sink = await startOtlpSink()
    const app = await start(t, { env: METRICS, sink })
    await ask(app, '/lost')
    await ask(app, '/hold')
    await app.stop()
    assert.deepEqual(last(sink.metrics, 'correlation.outbound'), { missing: 4 })
    // The one at the start has none either, rightly.
    assert.deepEqual(last(sink.metrics, 'correlation.logs'), { false: 3 })
    assert.ok(sink.requests.length > 5, 'nothing was exported while requests were in flight')
  })

  it('is not there where the context is kept', async (t) => {
    await using sink = await startOtlpSink()
    const app = await start(t, { env: { ...METRICS, OTEL_LOG_LEVEL: 'debug' }, sink })
    await ask(app, '/kept')
    await app.stop()
    assert.deepEqual(last(sink.metrics, 'correlation.outbound'), { sent: 4 })
    assert.deepEqual(last(sink.metrics, 'correlation.logs'), { false: 1, true: 2 })
    assert.deepEqual(namedBy(app), [])
  })

  it('has its place named once, where OTEL_LOG_LEVEL is debug, without the ID', async (t) => {
    const app = await start(t, { env: { OTEL_LOG_LEVEL: 'debug', OTEL_TRACES_EXPORTER: 'none' } })
    await ask(app, '/lost')
    await app.stop()
    assert.deepEqual(namedBy(app).toSorted(), PLACES.toSorted())
    const said = [...app.stdout, app.stderr].filter((text) => text.includes('under no correlation ID'))
    assert.doesNotMatch(said.join(), /secret/)
  })

  for (const level of ['info', undefined]) {
    it(`has its place not named where OTEL_LOG_LEVEL is ${level}`, async (t) => {
      const app = await start(t, { env: { OTEL_LOG_LEVEL: level, OTEL_TRACES_EXPORTER: 'none' } })
      await ask(app, '/lost')
      await app.stop()
      assert.deepEqual(namedBy(app), [])
    })
  }
})
