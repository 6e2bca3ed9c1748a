// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { get, type ServiceOptions, startConsumer, startProducer } from '../support/kafka-services.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import type { App, LogLine } from '../support/run-app.ts'
import { startKafka } from '../support/start-kafka.ts'
import { fixtureIn } from './packages.ts'

const REQUESTS = 200
const MESSAGES_EACH = 10
const TOTAL = REQUESTS * MESSAGES_EACH
const AT_ONCE = 20
const TIMEOUT_MS = 240_000

/** Some messages are handled in a second attempt. */
const namesOf = (request: number) =>
  Array.from({ length: MESSAGES_EACH }, (_, i) => `${request % 40 === 0 && i === 0 ? 'fails-' : ''}${request}-${i}`)

/** Given, none, and malformed. */
const broughtBy = (request: number) => [`order-${request}`, undefined, `order ${request}`][request % 3]

/** Sends all of them; returns the ID that each message must have. */
async function sendAll(producer: App): Promise<ReadonlyMap<string, string>> {
  const expected = new Map<string, string>()
  let next = 0
  const client = async () => {
    for (let request = next++; request < REQUESTS; request = next++) {
      const brought = broughtBy(request)
      const { status, id, body } = await get(producer, `/many?names=${namesOf(request)}`, brought)
      assert.equal(status, 200, body)
      if (request % 3 === 0) assert.equal(id, brought)
      for (const name of namesOf(request)) expected.set(name, id)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return expected
}

interface Outcome {
  readonly expected: ReadonlyMap<string, string>
  readonly lines: readonly LogLine[]
  readonly spans: readonly SinkSpan[]
}

function check({ expected, lines, spans }: Outcome): void {
  assert.equal(expected.size, TOTAL)
  assert.equal(new Set(expected.values()).size, REQUESTS)
  const seen = new Map([...expected.keys()].map((name) => [name, { handled: 0, sent: 0, consumed: 0 }]))
  const countOf = (name: string, id: unknown) => {
    const count = seen.get(name)
    assert.ok(count, name)
    assert.equal(id, expected.get(name), name)
    return count
  }
  for (const { name, message, correlation_id: id } of lines) {
    const count = countOf(name as string, id)
    if (message === 'handled') count.handled += 1
  }
  const producers = new Map<string, string>()
  for (const span of spans.filter(({ kind }) => kind === 'PRODUCER')) {
    const name = span.attributes['messaging.kafka.message.key'] as string
    countOf(name, span.attributes['correlation.id']).sent += 1
    producers.set(name, span.spanId)
  }
  for (const span of spans.filter(({ kind }) => kind === 'CONSUMER')) {
    const name = span.attributes['messaging.kafka.message.key'] as string
    countOf(name, span.attributes['correlation.id']).consumed += 1
    assert.deepEqual(
      span.links.map(({ spanId }) => spanId),
      [producers.get(name)],
    )
  }
  for (const [name, { handled, sent, consumed }] of seen) {
    assert.ok(handled >= 1 && consumed >= 1, `${name} was not handled`)
    assert.equal(sent, 1, name)
    if (name.startsWith('fails')) assert.ok(consumed >= 2, name)
  }
}

describe('2,000 messages of 200 concurrent requests through Kafka, to two consumers', () => {
  it('have not one wrong or missing ID, in log lines and spans', { timeout: TIMEOUT_MS + 60_000 }, async (t) => {
    const kafka = await startKafka(t)
    await using sink = await startOtlpSink()
    const options: ServiceOptions = {
      kafka,
      topic: 'load',
      fixture: fixtureIn('kafkajs-2', 'service.mjs', 'kafka'),
      env: { PARTITIONS: '12', CONCURRENCY: '4', OTEL_BSP_MAX_QUEUE_SIZE: '20000' },
      sink,
      t,
    }
    const producer = await startProducer(options)
    const consumers = await Promise.all([startConsumer(options), startConsumer(options)])
    const expected = await sendAll(producer)

    const lines = () => consumers.flatMap(({ logs }) => logs.filter(({ name }) => name !== undefined))
    const handled = () => new Set(lines().flatMap(({ message, name }) => (message === 'handled' ? [name] : [])))
    const count = await eventually(
      async () => handled().size,
      (size) => size === TOTAL,
      TIMEOUT_MS,
    )
    assert.equal(count, TOTAL)
    const keys = (kind: SinkSpan['kind'], spans: readonly SinkSpan[]) =>
      new Set(spans.flatMap((span) => (span.kind === kind ? [span.attributes['messaging.kafka.message.key']] : [])))
    const isComplete = (all: readonly SinkSpan[]) =>
      keys('PRODUCER', all).size === TOTAL && keys('CONSUMER', all).size === TOTAL
    const spans = await sink.waitForSpans(isComplete, 60_000)
    for (const app of [producer, ...consumers]) await app.stop()
    const outcome: Outcome = { expected, lines: lines(), spans }
    check(outcome)
    for (const { logs } of consumers)
      assert.ok(
        logs.some(({ message }) => message === 'handled'),
        'one had nothing to do',
      )

    // Control: the same finds one line, and one span, that has another's ID.
    const [line, ...others] = outcome.lines
    assert.throws(() => check({ ...outcome, lines: [{ ...line, correlation_id: 'order-1' }, ...others] }))
    const [span, ...rest] = outcome.spans.filter(({ kind }) => kind === 'CONSUMER')
    assert.ok(span)
    const attributes = { ...span.attributes, 'correlation.id': 'order-1' }
    assert.throws(() => check({ ...outcome, spans: [...outcome.spans, { ...span, attributes }, ...rest] }))
  })
})
