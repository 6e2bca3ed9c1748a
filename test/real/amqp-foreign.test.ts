// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createLifetime } from '../support/lifetime.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type RunAppOptions, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn } from './packages.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
/** As many as the other client sends. */
const FOREIGN = 12

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

const app = (file: string, options: Omit<RunAppOptions, 'fixture'>) =>
  runApp({
    fixture: fixtureIn('amqplib-2', file, 'amqp'),
    ...options,
    env: { AMQP_URL: rabbit.url, QUEUE: 'drawer', ...options.env },
  })

describe('messages of other clients', () => {
  const READERS = [
    { title: 'consumed', file: 'consume-foreign.cjs', env: {} },
    // `get` needs no instrumentation.
    {
      title: 'fetched, with a line of code',
      file: 'extracted.cjs',
      env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'amqplib' },
    },
  ]
  for (const { title, file, env } of READERS) {
    it(`are under the ID that they have, or else a new one: ${title}`, async (t) => {
      await app('foreign.cjs', { preload: 'none', serve: false, t })
      const { logs } = await app(file, { env, serve: false, t })
      const handled = logs.filter(({ message }) => message === 'handled')
      assert.equal(handled.length, FOREIGN)
      for (const { text, correlation_id: id } of handled) {
        if (text === '') assert.match(String(id), UUID)
        else assert.equal(id, text)
      }
      assert.equal(new Set(handled.map((line) => line['correlation_id'])).size, FOREIGN)
      const outside = logs.filter(({ message }) => message === 'outside')
      assert.equal(outside.length, FOREIGN)
      assert.ok(outside.every((line) => line['correlation_id'] === undefined))
    })
  }
})

describe('messages that are kept, and sent later from another request', () => {
  it('have the ID, and the trace, of the request that made them, with a line of code', async (t) => {
    await using sink = await startOtlpSink()
    const keeper = await app('kept.cjs', { sink, t })
    const ids = ['kept-0', 'kept-1', 'kept-2']
    for (const id of ids) await keeper.request('/', { headers: { 'x-correlation-id': id } })
    await keeper.waitForLogs(ids.length)
    assert.deepEqual(
      keeper.logs.map((line) => line['correlation_id']),
      ids,
    )
    await sink.waitForSpans(ids.length * 3)
    for (const id of ids) {
      const [server, producer, consumer] = ['SERVER', 'PRODUCER', 'CONSUMER'].map((kind) =>
        sink.spans.find((span) => span.kind === kind && span.attributes['correlation.id'] === id),
      )
      assert.equal(producer?.parentSpanId, server?.spanId)
      assert.deepEqual(
        consumer?.links.map(({ spanId }) => spanId),
        [producer?.spanId],
      )
    }
  })
})
