// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import {
  ask,
  get,
  linesOf,
  PATIENCE_MS,
  type ServiceOptions,
  startConsumer,
  startProducer,
} from '../support/kafka-services.ts'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type Kafka, startKafka } from '../support/start-kafka.ts'
import { fixtureIn } from './packages.ts'

const lifetime = createLifetime()
let kafka: Kafka
before(async () => {
  kafka = await startKafka(lifetime)
})
after(() => lifetime.end())

let topics = 0
const optionsFor = (t: TestContext, sink: OtlpSink, more: Partial<ServiceOptions> = {}): ServiceOptions => ({
  kafka,
  topic: `orders-${++topics}`,
  fixture: fixtureIn('kafkajs-2', 'service.mjs', 'kafka'),
  sink,
  t,
  ...more,
})

const ofKind = (spans: readonly SinkSpan[], kind: SinkSpan['kind']) => spans.filter((span) => span.kind === kind)
const pick = ({ attributes }: SinkSpan, prefix: string) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith(prefix)))
const idOf = ({ attributes }: SinkSpan) => attributes['correlation.id']
const linksOf = ({ links }: SinkSpan) => links.map(({ traceId, spanId }) => `${traceId}/${spanId}`)
const placeOf = ({ traceId, spanId }: SinkSpan) => `${traceId}/${spanId}`

/** Sends these in one request each and has them handled; returns the spans of messages. */
async function through(options: ServiceOptions & { sink: OtlpSink }, names: readonly string[]) {
  const producer = await startProducer(options)
  const consumer = await startConsumer(options)
  for (const name of names) await ask(producer, `/send?name=${name}`, `id-${name}`)
  await linesOf(consumer, 'handled', names.length)
  const wanted = (all: readonly SinkSpan[]) =>
    ofKind(all, 'PRODUCER').length >= names.length && ofKind(all, 'CONSUMER').length >= names.length
  return options.sink.waitForSpans(wanted, PATIENCE_MS)
}

describe('the spans of a message through Kafka', () => {
  for (const [jobs, isChild] of [
    ['link', false],
    ['parent', true],
  ] as const) {
    it(`CORRELATION_JOBS=${jobs}: the handler’s is ${isChild ? 'a child of' : 'the root of a trace linked to'} the sender’s`, async (t) => {
      await using sink = await startOtlpSink()
      const options = { ...optionsFor(t, sink, { env: { CORRELATION_JOBS: jobs } }), sink }
      const spans = await through(options, ['one'])
      const [server] = ofKind(spans, 'SERVER').filter((span) => idOf(span) === 'id-one')
      const [sent] = ofKind(spans, 'PRODUCER')
      const [handled] = ofKind(spans, 'CONSUMER')
      assert.ok(server && sent && handled)
      assert.equal(sent.parentSpanId, server.spanId)
      assert.deepEqual([sent.name, handled.name], [`send ${options.topic}`, `process ${options.topic}`])
      assert.deepEqual([idOf(sent), idOf(handled)], ['id-one', 'id-one'])
      assert.equal(handled.parentSpanId, isChild ? sent.spanId : undefined)
      assert.equal(handled.traceId === sent.traceId, isChild)
      assert.deepEqual(linksOf(handled), isChild ? [] : [placeOf(sent)])
      const common = {
        'messaging.system': 'kafka',
        'messaging.destination.name': options.topic,
        'messaging.kafka.message.key': 'one',
      }
      assert.deepEqual(pick(sent, 'messaging.'), {
        ...common,
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
      })
      assert.deepEqual(pick(handled, 'messaging.'), {
        ...common,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.partition.id': '0',
        'messaging.kafka.offset': 0,
        'messaging.consumer.group.name': `${options.topic}-group`,
      })
    })
  }

  it('tell of errors: of each attempt that failed, and of a message that the broker refused', async (t) => {
    await using sink = await startOtlpSink()
    const options = optionsFor(t, sink)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    await ask(producer, '/send?name=fails', 'order-1')
    await linesOf(consumer, 'handled', 1)
    assert.equal((await get(producer, '/too-large', 'order-2')).status, 500)
    const wanted = (all: readonly SinkSpan[]) =>
      ofKind(all, 'PRODUCER').length >= 2 && ofKind(all, 'CONSUMER').length >= 2
    const spans = await sink.waitForSpans(wanted, PATIENCE_MS)
    const [failed, succeeded] = ofKind(spans, 'CONSUMER')
    assert.ok(failed && succeeded)
    assert.deepEqual(failed.status, { code: 'ERROR', message: 'fails failed' })
    assert.equal(failed.attributes['error.type'], 'Error')
    assert.equal(succeeded.status.code, 'UNSET')
    assert.deepEqual([idOf(failed), idOf(succeeded)], ['order-1', 'order-1'])
    assert.notEqual(failed.traceId, succeeded.traceId)
    const [sent, refused] = ofKind(spans, 'PRODUCER')
    assert.deepEqual([sent?.status.code, refused?.status.code], ['UNSET', 'ERROR'])
    assert.deepEqual([linksOf(failed), linksOf(succeeded)], [[placeOf(sent as SinkSpan)], [placeOf(sent as SinkSpan)]])
  })
})

describe('OpenTelemetry’s own instrumentation of kafkajs in the application', () => {
  for (const [title, hasSdk] of [
    ['with our SDK', false],
    ['with an SDK of its own', true],
  ] as const) {
    it(`has the spans, and each once; the ID is right: ${title}`, async (t) => {
      await using ours = await startOtlpSink()
      await using theirs = await startOtlpSink()
      const sink = hasSdk ? theirs : ours
      const fixture = fixtureIn('kafkajs-otel', 'upstream.cjs', 'kafka')
      const env = hasSdk ? { THEIR_URL: theirs.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } : {}
      const options = { ...optionsFor(t, ours, { fixture, env }), sink: ours }
      const producer = await startProducer(options)
      const consumer = await startConsumer(options)
      // Theirs writes into the application's own object; then a timer sends that again.
      await ask(producer, '/reused', 'reused-1')
      await ask(producer, '/send?name=last', 'last-2')
      await linesOf(consumer, 'handled', 2)
      await ask(producer, '/outbox-reused', 'timer-3')
      const lines = await linesOf(consumer, 'handled', 3)
      const ids = lines.map((line) => line['correlation_id'])
      assert.deepEqual(ids.slice(0, 2), ['reused-1', 'last-2'])
      assert.ok(ids[2] !== undefined && !['reused-1', 'last-2', 'timer-3'].includes(ids[2] as string), `${ids[2]}`)
      const wanted = (all: readonly SinkSpan[]) =>
        ofKind(all, 'PRODUCER').length >= 3 && ofKind(all, 'CONSUMER').length >= 3
      const spans = await sink.waitForSpans(wanted, PATIENCE_MS)
      await Promise.all([producer.stop(), consumer.stop()])
      for (const kind of ['PRODUCER', 'CONSUMER'] as const) {
        const all = ofKind([...ours.spans, ...theirs.spans], kind)
        assert.equal(all.length, 3, `${kind}: ${all.map(({ scope }) => scope.name)}`)
        for (const { scope } of all) assert.equal(scope.name, '@opentelemetry/instrumentation-kafkajs')
      }
      assert.deepEqual(ofKind(spans, 'CONSUMER').map(idOf), ids)
    })
  }
})
