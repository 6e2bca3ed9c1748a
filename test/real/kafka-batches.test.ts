// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import {
  ask,
  type Handler,
  idsByName,
  linesOf,
  PATIENCE_MS,
  type ServiceOptions,
  STARTER,
  startConsumer,
  startProducer,
} from '../support/kafka-services.ts'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { App } from '../support/run-app.ts'
import { type Kafka, startKafka } from '../support/start-kafka.ts'
import { fixtureIn } from './packages.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const NAMES = ['n0', 'n1', 'n2', 'n3', 'n4']

const lifetime = createLifetime()
let kafka: Kafka
before(async () => {
  kafka = await startKafka(lifetime)
})
after(() => lifetime.end())

let topics = 0

/** Sends each name by a request of its own, and only then starts a consumer: so they come in one batch. */
async function sendThenTake(t: TestContext, handler: Handler, more: Partial<ServiceOptions> = {}) {
  const fixture = fixtureIn('kafkajs-2', 'service.mjs', 'kafka')
  const options: ServiceOptions = { kafka, topic: `batches-${++topics}`, fixture, t, ...more }
  const producer = await startProducer(options)
  const sent = new Map<string, string>()
  for (const [i, name] of NAMES.entries()) {
    sent.set(name, await ask(producer, `/send?name=${name}`, i % 2 === 0 ? `id-${name}` : undefined))
  }
  const consumer = await startConsumer(options, handler)
  return { options, sent, consumer }
}

const linesAbout = (consumer: App, message: string) => consumer.logs.filter((line) => line['message'] === message)

/** One batch, if the broker gives all in one answer. */
async function untilAllAreHandled(consumer: App): Promise<void> {
  await linesOf(consumer, 'handled', NAMES.length)
  const isOver = () => linesAbout(consumer, 'batch ends').length === linesAbout(consumer, 'batch begins').length
  await consumer.waitForLogs(isOver, PATIENCE_MS)
}

const MODES: Readonly<Record<string, Partial<ServiceOptions>>> = {
  'our SDK': {},
  'tracing off': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'the SDK disabled': { env: { OTEL_SDK_DISABLED: 'true' } },
}

describe('a batch from Kafka', () => {
  for (const [title, more] of Object.entries(MODES)) {
    for (const handler of ['loop', 'all'] as const) {
      it(`has an ID of its own, and withExtractedCorrelation() has each message’s (${handler}): ${title}`, async (t) => {
        const { sent, consumer } = await sendThenTake(t, handler, more)
        await untilAllAreHandled(consumer)
        const lines = (message: string) => linesAbout(consumer, message)
        assert.deepEqual(idsByName([...lines('handling'), ...lines('handled')]), sent)
        // Outside of any message: never another's.
        const own = new Set(
          [...lines('batch begins'), ...lines('in the loop'), ...lines('batch ends')].map(
            (line) => line['correlation_id'],
          ),
        )
        assert.equal(own.size, lines('batch begins').length)
        for (const id of own) {
          assert.match(id as string, UUID)
          assert.ok(![...sent.values(), STARTER].includes(id as string))
        }
      })
    }
  }

  it('control: without the call a message is handled under the ID of the batch', async (t) => {
    const { sent, consumer } = await sendThenTake(t, 'loop')
    await untilAllAreHandled(consumer)
    const inLoop = idsByName(linesAbout(consumer, 'in the loop'))
    assert.deepEqual([...inLoop.keys()], NAMES)
    for (const [name, id] of inLoop) assert.notEqual(id, sent.get(name))
  })

  it('that is sent on keeps the ID of each message', async (t) => {
    const { options, sent, consumer } = await sendThenTake(t, 'forward')
    await linesOf(consumer, 'batch begins', 1)
    const next = await startConsumer(options, 'message', { topic: `${options.topic}-next` })
    assert.deepEqual(idsByName(await linesOf(next, 'handled', NAMES.length)), sent)
  })

  it('has a span linked to each sender’s, and one for each message that says so', async (t) => {
    await using sink = await startOtlpSink()
    const { options, sent, consumer } = await sendThenTake(t, 'all', { sink })
    await untilAllAreHandled(consumer)
    const isBatch = (span: SinkSpan) => span.attributes['messaging.batch.message_count'] !== undefined
    const consumed = (all: readonly SinkSpan[]) => all.filter(({ kind }) => kind === 'CONSUMER')
    const wanted = (all: readonly SinkSpan[]) =>
      consumed(all).filter((span) => !isBatch(span)).length >= NAMES.length &&
      consumed(all).some(isBatch) &&
      all.filter(({ kind }) => kind === 'PRODUCER').length >= NAMES.length
    const spans = await sink.waitForSpans(wanted, PATIENCE_MS)
    const produced = new Map(
      spans
        .filter(({ kind }) => kind === 'PRODUCER')
        .map((span) => [span.attributes['messaging.kafka.message.key'], span]),
    )
    const batches = consumed(spans).filter(isBatch)
    const linked = batches.flatMap(({ links }) => links.map(({ spanId }) => spanId))
    assert.deepEqual(
      linked,
      NAMES.map((name) => produced.get(name)?.spanId),
    )
    const single = consumed(spans).filter((span) => !isBatch(span))
    assert.equal(single.length, NAMES.length)
    for (const { name, attributes, links, parentSpanId, status } of single) {
      const key = attributes['messaging.kafka.message.key'] as string
      assert.equal(name, `process ${options.topic}`)
      assert.equal(attributes['correlation.id'], sent.get(key))
      assert.equal(parentSpanId, undefined)
      assert.equal(status.code, 'UNSET')
      assert.equal(links[0]?.spanId, produced.get(key)?.spanId)
      assert.ok(batches.some(({ spanId }) => spanId === links[1]?.spanId))
    }
  })
})
