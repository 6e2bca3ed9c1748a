// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, type Preload, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn } from './packages.ts'

const ID = 'order-4711'
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

interface Variant {
  readonly env: Readonly<Record<string, string>>
  readonly preload?: Preload
  /** The names of the message's headers, sorted. */
  readonly headers: readonly string[]
  /** The ID of the handler's line: the request's, one of its own, or none. */
  readonly id: 'same' | 'own' | 'none'
  readonly spans: number
}

const ALL = ['baggage', 'kind', 'traceparent', 'x-correlation-id']
const NO_TRACES = ['baggage', 'kind', 'x-correlation-id']
const VARIANTS: readonly Variant[] = [
  { env: {}, headers: ALL, id: 'same', spans: 3 },
  { env: { CORRELATION_JOBS: 'parent' }, headers: ALL, id: 'same', spans: 3 },
  { env: { OTEL_TRACES_EXPORTER: 'none' }, headers: NO_TRACES, id: 'same', spans: 0 },
  { env: { OTEL_SDK_DISABLED: 'true' }, headers: NO_TRACES, id: 'same', spans: 0 },
  { env: { CORRELATION_SDK: 'off' }, headers: NO_TRACES, id: 'same', spans: 0 },
  { env: { OTEL_TRACES_SAMPLER: 'always_off' }, headers: ALL, id: 'same', spans: 0 },
  {
    env: { OTEL_PROPAGATORS: 'tracecontext' },
    headers: ['kind', 'traceparent', 'x-correlation-id'],
    id: 'same',
    spans: 3,
  },
  { env: { OTEL_PROPAGATORS: 'none' }, headers: ['kind'], id: 'own', spans: 3 },
  {
    env: { CORRELATION_BAGGAGE_KEY: 'none', OTEL_TRACES_EXPORTER: 'none' },
    headers: ['kind', 'x-correlation-id'],
    id: 'same',
    spans: 0,
  },
  {
    env: { CORRELATION_OUTBOUND_HEADER: 'x-request-id' },
    headers: ['baggage', 'kind', 'traceparent', 'x-request-id'],
    id: 'same',
    spans: 3,
  },
  { env: { CORRELATION_MESSAGING: 'false' }, headers: ['kind'], id: 'own', spans: 3 },
  // Controls: what makes the difference.
  { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'amqplib' }, headers: ['kind'], id: 'none', spans: 1 },
  { env: { CORRELATION_ENABLED: 'false' }, headers: ['kind'], id: 'none', spans: 0 },
  { env: {}, preload: 'none', headers: ['kind'], id: 'none', spans: 0 },
]

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

type Options = Pick<Variant, 'env' | 'preload'> & { readonly file?: string }

function start(t: TestContext, sink: OtlpSink, { env, file = 'promises.cjs', preload }: Options): Promise<App> {
  const fixture = fixtureIn('amqplib-2', file, 'amqp')
  return runApp({ fixture, env: { AMQP_URL: rabbit.url, ...env }, sink, t, ...(preload && { preload }) })
}

async function handledAfter(app: App, path: string): Promise<LogLine> {
  const headers = { 'x-correlation-id': ID }
  const answered = await app.request(path, { headers })
  assert.equal(answered.status, 200)
  const logs = await app.waitForLogs((all) => all.some(({ message }) => message === 'handled'))
  return logs.find(({ message }) => message === 'handled') as LogLine
}

describe('a message', () => {
  for (const { env, preload, headers, id, spans } of VARIANTS) {
    const title = [...Object.entries(env).map((pair) => pair.join('=')), preload ?? 'with the preload'].join(', ')
    it(title, async (t) => {
      await using sink = await startOtlpSink()
      const app = await start(t, sink, { env, ...(preload && { preload }) })
      const handled = await handledAfter(app, '/publish')
      assert.deepEqual(Object.keys(handled['headers'] as object).sort(), headers)
      const own = handled['correlation_id']
      if (id === 'same') assert.equal(own, ID)
      else if (id === 'own') assert.match(String(own), UUID)
      else assert.equal(own, undefined)

      await app.stop()
      assert.equal(sink.spans.length, spans, JSON.stringify(sink.spans.map(({ name }) => name)))
      const travels = env['OTEL_PROPAGATORS'] !== 'none' && env['CORRELATION_MESSAGING'] !== 'false'
      if (spans === 3) assertJoined(sink.spans, env['CORRELATION_JOBS'] === 'parent', travels)
    })
  }

  it('tells where it went and comes from', async (t) => {
    await using sink = await startOtlpSink()
    const app = await start(t, sink, { env: {} })
    await handledAfter(app, '/forward')
    await app.stop()
    const server = { 'server.address': '127.0.0.1', 'server.port': Number(new URL(rabbit.url).port) }
    const [first, , third] = ['publish inbox', 'publish work', 'consume work'].map((name) =>
      sink.spans.find((span) => span.name === name),
    )
    const common = { ...server, 'correlation.id': ID, 'messaging.system': 'rabbitmq' }
    assert.deepEqual(first?.attributes, {
      ...common,
      'messaging.destination.name': 'inbox',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.rabbitmq.destination.routing_key': 'inbox',
      'messaging.message.conversation_id': 'property-1',
    })
    assert.deepEqual(third?.attributes, {
      ...common,
      'messaging.destination.name': 'work',
      'messaging.operation.name': 'consume',
      'messaging.operation.type': 'process',
      'messaging.rabbitmq.destination.routing_key': 'work',
      'messaging.rabbitmq.message.delivery_tag': third?.attributes['messaging.rabbitmq.message.delivery_tag'],
      'messaging.message.conversation_id': 'property-1',
    })
  })

  for (const file of ['promises.cjs', 'callbacks.cjs']) {
    it(`that no request sends has an ID of its own each time: ${file}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await start(t, sink, { env: {}, file })
      await handledAfter(app, '/publish')
      for (let i = 2; i <= 3; i++) {
        process.kill(app.pid, 'SIGUSR2')
        await app.waitForLogs(i)
      }
      const ids = app.logs.map((line) => line['correlation_id'])
      assert.equal(new Set(ids).size, 3)
      assert.equal(ids[0], ID)
      // It has it from the moment it is sent.
      const headers = app.logs.map((line) => (line['headers'] as Readonly<Record<string, unknown>>)['x-correlation-id'])
      assert.deepEqual(headers, ids)
    })
  }
})

/** Request, producer and consumer: one trace, or two that are linked. */
function assertJoined(spans: readonly SinkSpan[], isChild: boolean, isCarried: boolean): void {
  const [server, producer, consumer] = ['SERVER', 'PRODUCER', 'CONSUMER'].map((kind) =>
    spans.find((span) => span.kind === kind),
  )
  assert.ok(server && producer && consumer)
  assert.equal(producer.parentSpanId, server.spanId)
  if (isChild) {
    assert.deepEqual([consumer.traceId, consumer.parentSpanId, consumer.links], [producer.traceId, producer.spanId, []])
    return
  }
  assert.equal(consumer.parentSpanId, undefined)
  assert.notEqual(consumer.traceId, producer.traceId)
  assert.deepEqual(
    consumer.links.map(({ traceId, spanId }) => [traceId, spanId]),
    isCarried ? [[producer.traceId, producer.spanId]] : [],
  )
}

describe('a header of the application’s own', () => {
  const OWN = [
    { id: 'own-7', kept: true },
    { id: ID, kept: true },
    { id: 'evil text', kept: false },
    { id: 'e'.repeat(129), kept: false },
  ]
  for (const { id, kept } of OWN) {
    it(`${kept ? 'stays' : 'gives way'}: ${id.slice(0, 20)}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await start(t, sink, { env: {} })
      const handled = await handledAfter(app, `/own?id=${encodeURIComponent(id)}`)
      const expected = kept ? id : ID
      assert.equal(handled['correlation_id'], expected)
      const { traceparent, ...headers } = handled['headers'] as Readonly<Record<string, string>>
      assert.deepEqual(headers, {
        [kept ? 'X-Correlation-ID' : 'x-correlation-id']: expected,
        baggage: `correlation.id=${expected},tenant=7`,
      })
      assert.match(String(traceparent), /^00-/)
      assert.ok(kept || !JSON.stringify([app.logs, app.stderr]).includes(id))
    })
  }
})
