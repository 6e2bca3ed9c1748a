// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type Preload, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn, installOf } from './packages.ts'

const THEIRS = '@opentelemetry/instrumentation-amqplib'

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

interface Beside {
  readonly title: string
  readonly api: string
  readonly links: boolean
  readonly hasSdk: boolean
  readonly env?: Readonly<Record<string, string>>
}

const BESIDE: readonly Beside[] = [
  { title: 'by itself', api: 'promises.cjs', links: false, hasSdk: false },
  { title: 'by itself, with links', api: 'callbacks.cjs', links: true, hasSdk: false },
  { title: 'in an SDK', api: 'callbacks.cjs', links: false, hasSdk: true },
  { title: 'in an SDK, with links', api: 'promises.cjs', links: true, hasSdk: true },
  { title: 'in an SDK, without ours', api: 'promises.cjs', links: true, hasSdk: true, env: { CORRELATION_SDK: 'off' } },
]

function start(t: TestContext, sink: OtlpSink, beside: Beside, preload?: Preload): Promise<App> {
  fixtureIn('amqplib-otel', beside.api, 'amqp')
  const env = {
    AMQP_URL: rabbit.url,
    API: path.join(installOf('amqplib-otel'), beside.api),
    LINKS: String(beside.links),
    ...(beside.hasSdk && { THEIR_URL: sink.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }),
    ...beside.env,
  }
  const fixture = fixtureIn('amqplib-otel', 'otel.cjs', 'amqp')
  return runApp({ fixture, env, t, ...(!beside.hasSdk && { sink }), ...(preload && { preload }) })
}

/** What the routes lead to, and how many messages are sent and handled in all. */
const ROUTES = {
  publish: ['handled'],
  confirm: ['all confirmed', 'confirmed', 'handled', 'handled'],
  forward: ['forwarded', 'handled'],
}
const MESSAGES = 5

async function drive(app: App): Promise<void> {
  for (const [route, lines] of Object.entries(ROUTES)) {
    const before = app.logs.length
    const response = await app.request(`/${route}`, { headers: { 'x-correlation-id': `id-of-${route}` } })
    if (route === 'publish')
      assert.deepEqual(JSON.parse(response.body), { persistent: true, headers: { kind: 'order' } })
    await app.waitForLogs(before + lines.length)
  }
  process.kill(app.pid, 'SIGUSR2')
  await app.waitForLogs((logs) => logs.some((line) => line['text'] === 'background'))
}

describe('an instrumentation of the application’s own', () => {
  for (const beside of BESIDE) {
    it(`makes the spans, and ours none: ${beside.title}, ${beside.api}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await start(t, sink, beside)
      await drive(app)
      for (const [route, lines] of Object.entries(ROUTES)) {
        const logged = app.logs.filter((line) => line['correlation_id'] === `id-of-${route}`)
        assert.deepEqual(logged.map(({ message }) => message).sort(), lines)
      }
      // The options object that a request used has left no ID in it.
      const [background] = app.logs.filter((line) => line['text'] === 'background')
      assert.match(String(background?.['correlation_id']), /^[0-9a-f]{8}-/)

      const messages = () => sink.spans.filter(({ kind }) => kind === 'PRODUCER' || kind === 'CONSUMER')
      await sink.waitForSpans(() => messages().length >= (MESSAGES + 1) * 2)
      await app.stop()
      assert.equal(messages().length, (MESSAGES + 1) * 2)
      const producers = messages().filter(({ kind }) => kind === 'PRODUCER')
      for (const { scope, kind, attributes, links, parentSpanId } of messages()) {
        assert.equal(scope.name, THEIRS)
        assert.notEqual(attributes['correlation.id'], undefined)
        if (kind === 'PRODUCER') continue
        const origin = beside.links ? links[0]?.spanId : parentSpanId
        const producer = producers.find(({ spanId }) => spanId === origin)
        assert.equal(producer?.attributes['correlation.id'], attributes['correlation.id'])
      }
    })
  }

  it('control: without us leaves in the options what it writes there, and has no ID', async (t) => {
    await using sink = await startOtlpSink()
    const app = await start(t, sink, { title: '', api: 'promises.cjs', links: false, hasSdk: true }, 'none')
    const response = await app.request('/publish')
    assert.deepEqual(Object.keys(JSON.parse(response.body).headers), ['kind', 'traceparent'])
    const [line] = await app.waitForLogs(1)
    assert.equal(line?.['correlation_id'], undefined)
  })
})
