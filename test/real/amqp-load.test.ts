// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type LogLine, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn } from './packages.ts'

const MESSAGES = 10
const LONG_MS = 180_000

/** By the name that each request was given. */
type Ids = ReadonlyMap<string, string>

interface Traffic {
  readonly ids: Ids
  readonly logs: readonly LogLine[]
  readonly spans: readonly SinkSpan[]
}

/** A third of the requests brings an ID, a third none, a third something that is none. */
function headersOf(index: number): Readonly<Record<string, string>> {
  if (index % 3 === 0) return { 'x-correlation-id': `given-${index}` }
  return index % 3 === 1 ? {} : { 'x-correlation-id': `mal formed ${index}` }
}

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

/** One producer, and two consumers: one with promises, one with callbacks. Waits until each message is handled and each span is here. */
async function drive(t: TestContext, requests: number, env: Readonly<Record<string, string>> = {}): Promise<Traffic> {
  await using sink = await startOtlpSink()
  const common = { AMQP_URL: rabbit.url, OTEL_BSP_MAX_QUEUE_SIZE: '100000', ...env }
  const start = (file: string, more: Readonly<Record<string, string>> = {}) =>
    runApp({ fixture: fixtureIn('amqplib-2', file, 'amqp'), env: { ...common, ...more }, sink, t })
  const workers = [
    await start('load-worker.cjs', { API: 'promises' }),
    await start('load-worker.cjs', { API: 'callbacks' }),
  ]
  const producer = await start('load-producer.cjs')

  const ids = new Map<string, string>()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 30 })
  await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const answer = await producer.request(`/?name=n${i}&messages=${MESSAGES}`, { agent, headers: headersOf(i) })
      ids.set(`n${i}`, String(answer.headers['x-correlation-id']))
    }),
  )
  agent.destroy()

  const count = (message: string, logs: readonly LogLine[]) => logs.filter((line) => line['message'] === message).length
  const handled = () => workers.reduce((sum, { logs }) => sum + count('handled', logs), 0)
  await producer.waitForLogs((logs) => count('confirmed', logs) === requests * 4, LONG_MS)
  // Each of the two is told of its own lines only, and handles some of the messages.
  const all = () => handled() === requests * MESSAGES
  await Promise.race(workers.map((worker) => worker.waitForLogs(all, LONG_MS)))
  await sink.waitForSpans(requests * (2 + MESSAGES * 2), LONG_MS)
  for (const app of [producer, ...workers]) await app.stop()
  const logs = [producer, ...workers].flatMap((app) => app.logs)
  assert.ok(workers.every((worker) => count('handled', worker.logs) > 0))
  return { ids, logs, spans: [...sink.spans] }
}

/** Fails unless every line and span of a message has the ID of the request that sent it. */
function assertOwnIds({ ids, logs, spans }: Traffic): void {
  const messages = ids.size * MESSAGES
  for (const [name, id] of ids) {
    const index = Number(name.slice(1))
    if (index % 3 === 0) assert.equal(id, `given-${index}`)
    else assert.match(id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  }
  assert.equal(new Set(ids.values()).size, ids.size)
  for (const line of logs) assert.equal(line['correlation_id'], ids.get(String(line['name'])), JSON.stringify(line))
  const of = (message: string) => logs.filter((line) => line['message'] === message)
  assert.equal(new Set(of('handled').map((line) => line['messageId'])).size, messages)
  assert.equal(of('refused').length, ids.size)
  assert.ok(of('sent').every(({ headers }) => JSON.stringify(headers) === '["kind"]'))

  const kinds = { SERVER: ids.size, PRODUCER: messages, CONSUMER: messages + ids.size }
  for (const [kind, expected] of Object.entries(kinds)) {
    assert.equal(spans.filter((span) => span.kind === kind).length, expected, kind)
  }
  const producers = new Map(spans.filter(({ kind }) => kind === 'PRODUCER').map((span) => [span.spanId, span]))
  for (const { kind, attributes, links } of spans) {
    if (kind === 'SERVER') continue
    const messageId = String(attributes['messaging.message.id'])
    assert.equal(attributes['correlation.id'], ids.get(messageId.split('-')[0] as string), messageId)
    const origin =
      kind === 'PRODUCER' ? messageId : producers.get(String(links[0]?.spanId))?.attributes['messaging.message.id']
    assert.equal(origin, messageId)
  }
}

describe('10,000 messages of 1,000 requests', () => {
  it('have the ID of their request, in every line and on every span', async (t) => {
    const traffic = await drive(t, 1000)
    assertOwnIds(traffic)

    // Control: one line, or one span, that has another's ID is found.
    const [first, ...others] = traffic.logs
    const stranger = others.find((line) => line['name'] !== first?.['name'])
    assert.throws(() =>
      assertOwnIds({ ...traffic, logs: [{ ...first, correlation_id: stranger?.['correlation_id'] }, ...others] }),
    )
    const swapped = traffic.spans.findIndex(({ kind }) => kind === 'CONSUMER')
    const spans = traffic.spans.map((span, i) =>
      i === swapped ? { ...span, attributes: { ...span.attributes, 'correlation.id': 'another' } } : span,
    )
    assert.throws(() => assertOwnIds({ ...traffic, spans }))
    assert.throws(() => assertOwnIds({ ...traffic, spans: traffic.spans.slice(1) }))
  })

  it('control: do not, where messages do not carry it', async (t) => {
    const traffic = await drive(t, 20, { CORRELATION_MESSAGING: 'false' })
    assert.throws(() => assertOwnIds(traffic), { code: 'ERR_ASSERTION' })
  })
})
