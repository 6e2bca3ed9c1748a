// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { request } from '../support/http-request.ts'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, runApp } from '../support/run-app.ts'
import { type RabbitMq, startRabbitMq } from '../support/start-rabbitmq.ts'
import { fixtureIn } from './packages.ts'

/** What a request to a route leads to, all of it under the request's ID. */
interface Case {
  readonly route: string
  readonly title: string
  /** The messages of the log lines, sorted. */
  readonly lines: readonly string[]
  /** Kind and name of the spans beside the request's own, sorted. */
  readonly spans: readonly string[]
}

const CASES: readonly Case[] = [
  {
    route: 'publish',
    title: 'publish to an exchange, with an options object that is used again',
    lines: ['handled'],
    spans: ['CONSUMER consume work', 'PRODUCER publish orders'],
  },
  {
    route: 'send',
    title: 'sendToQueue without options',
    lines: ['handled'],
    spans: ['CONSUMER consume work', 'PRODUCER publish work'],
  },
  {
    route: 'confirm',
    title: 'a confirm channel: the callback, waitForConfirms, and a message without a callback',
    lines: ['all confirmed', 'confirmed', 'handled', 'handled'],
    spans: [
      ...['CONSUMER consume work', 'CONSUMER consume work'],
      ...['PRODUCER publish orders', 'PRODUCER publish work'],
    ],
  },
  {
    route: 'full',
    title: 'a confirm channel: a message that the broker refuses',
    lines: ['message nacked'],
    spans: ['PRODUCER publish full'],
  },
  { route: 'get', title: 'get: the callers own flow', lines: ['got'], spans: ['PRODUCER publish drawer'] },
  {
    route: 'forward',
    title: 'a message that is forwarded with its headers, by an async handler',
    lines: ['forwarded', 'handled'],
    spans: ['CONSUMER consume inbox', 'CONSUMER consume work', 'PRODUCER publish inbox', 'PRODUCER publish work'],
  },
  {
    route: 'rpc',
    title: 'a question and its answer, with noAck',
    lines: ['answered', 'heard'],
    spans: [
      ...['CONSUMER consume answers', 'CONSUMER consume questions'],
      ...['PRODUCER publish answers', 'PRODUCER publish questions'],
    ],
  },
  { route: 'return', title: 'a message that comes back', lines: ['returned'], spans: ['PRODUCER publish nowhere'] },
  {
    route: 'cancel',
    title: 'a consumer that the broker ends, and the answers to calls',
    lines: ['asserted', 'cancelled', 'deleted'],
    spans: [],
  },
  {
    route: 'drain',
    title: 'the next drain of a channel',
    lines: ['drained'],
    spans: Array(3).fill('PRODUCER publish drawer'),
  },
  {
    route: 'close',
    title: 'a channel that is closed, and its event',
    lines: ['close event', 'closed'],
    spans: [],
  },
  {
    route: 'connect',
    title: 'a connection of its own',
    lines: ['connected'],
    spans: [],
  },
  {
    route: 'disconnect',
    title: 'the end of a connection that another request opened, and its event',
    lines: ['close event', 'disconnected'],
    spans: [],
  },
  {
    route: 'refuse',
    title: 'nack outside the handler: redelivered, then a dead letter',
    lines: ['dead', 'refused', 'refused'],
    spans: [
      ...['CONSUMER consume dead', 'CONSUMER consume refused', 'CONSUMER consume refused'],
      'PRODUCER publish refused',
    ],
  },
  {
    route: 'slow',
    title: 'handlers that take turns',
    lines: Array(9).fill('step'),
    spans: [...Array(3).fill('CONSUMER consume slow'), ...Array(3).fill('PRODUCER publish slow')],
  },
]

interface AppCase {
  readonly fixture: string
  readonly isLazy?: boolean
}

const INSTALLS = ['amqplib-0.10', 'amqplib-2'] as const
/** The lazy ones open their connection in the first request: what runs in its sockets' context is seen by that request's ID. */
const APPS = [
  { fixture: 'promises.cjs' },
  { fixture: 'promises.mjs' },
  { fixture: 'callbacks.cjs' },
  { fixture: 'promises.cjs', isLazy: true },
  { fixture: 'callbacks.cjs', isLazy: true },
] as const

const lifetime = createLifetime()
let rabbit: RabbitMq
before(async () => {
  rabbit = await startRabbitMq(lifetime)
})
after(() => lifetime.end())

const idOf = (line: LogLine) => line['correlation_id']
const nameOf = ({ kind, name }: SinkSpan) => `${kind} ${name}`

/** Gives the address that the application serves, once the first request has opened its connection. */
async function open(app: App): Promise<string> {
  await app.request('/', { headers: { 'x-correlation-id': 'id-of-opener' } })
  const [line] = await app.waitForLogs(1)
  return `http://127.0.0.1:${line?.['listening']}`
}

for (const install of INSTALLS) {
  for (const { fixture, isLazy = false } of APPS as readonly AppCase[]) {
    describe(`${install}, ${fixture}${isLazy ? ', opened by a request' : ''}`, () => {
      const own = createLifetime()
      let app: App
      let url: string
      let sink: OtlpSink
      before(async () => {
        sink = await startOtlpSink()
        own.after(() => sink.close())
        const env = { AMQP_URL: rabbit.url, API: `./${fixture}` }
        app = await runApp({ fixture: fixtureIn(install, isLazy ? 'lazy.cjs' : fixture, 'amqp'), sink, env })
        own.after(() => app.stop('SIGKILL'))
        url = isLazy ? await open(app) : app.url
      })
      after(() => own.end())

      for (const { route, title, lines, spans } of CASES) {
        it(title, async () => {
          const id = `id-of-${route}`
          const response = await request(`${url}/${route}`, { headers: { 'x-correlation-id': id } })
          assert.equal(response.status, 200)
          const logged = () => app.logs.filter((line) => idOf(line) === id).map((line) => String(line['message']))
          await app.waitForLogs(() => logged().length >= lines.length)
          assert.deepEqual(logged().sort(), lines)

          const sent = () => sink.spans.filter((span) => span.attributes['correlation.id'] === id)
          await sink.waitForSpans(() => sent().length > spans.length)
          const messages = sent().filter(({ kind }) => kind !== 'SERVER')
          assert.deepEqual(messages.map(nameOf).sort(), spans)
          const producers = messages.filter(({ kind }) => kind === 'PRODUCER')
          for (const consumer of messages.filter(({ kind }) => kind === 'CONSUMER')) {
            assert.equal(consumer.parentSpanId, undefined)
            const [link] = consumer.links
            assert.equal(consumer.links.length, 1)
            assert.ok(producers.some(({ spanId, traceId }) => link?.spanId === spanId && link.traceId === traceId))
          }
          if (route === 'publish')
            assert.deepEqual(JSON.parse(response.body), { persistent: true, headers: { kind: 'order' } })
        })
      }

      it('has an ID on each line, and no other', () => {
        const ids = new Set(CASES.map(({ route }) => `id-of-${route}`))
        assert.deepEqual(
          app.logs.filter((line) => line['message'] !== undefined && !ids.has(String(idOf(line)))),
          [],
        )
        assert.ok(app.logs.every(({ message }) => message !== 'never' && message !== 'channel failed'))
      })

      it('leaves the correlationId property alone, and forwards one ID', () => {
        const [heard] = app.logs.filter(({ message }) => message === 'heard')
        assert.equal(heard?.['property'], 'rpc-7')
        const [handled] = app.logs.filter((line) => idOf(line) === 'id-of-forward' && line['message'] === 'handled')
        assert.equal(handled?.['property'], 'property-1')
        const { traceparent, ...headers } = (handled?.['headers'] ?? {}) as Readonly<Record<string, string>>
        assert.deepEqual(headers, {
          'x-correlation-id': 'id-of-forward',
          baggage: 'correlation.id=id-of-forward',
        })
        const last = sink.spans.find(
          ({ name, attributes }) => name === 'publish work' && attributes['correlation.id'] === 'id-of-forward',
        )
        assert.equal(traceparent, `00-${last?.traceId}-${last?.spanId}-01`)
      })

      it('marks the spans of refused messages', () => {
        const refused = sink.spans.filter(({ name }) => name === 'consume refused')
        assert.equal(refused.length, 2)
        for (const { status, attributes } of refused) {
          assert.deepEqual([status.code, attributes['error.type']], ['ERROR', 'nack'])
        }
        const [full] = sink.spans.filter(({ name }) => name === 'publish full')
        assert.deepEqual(
          [full?.status, full?.attributes['error.type']],
          [{ code: 'ERROR', message: 'message nacked' }, 'Error'],
        )
      })
    })
  }
}
