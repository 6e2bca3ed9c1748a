// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import {
  ask,
  get,
  idsByName,
  linesOf,
  type ServiceOptions,
  STARTER,
  startConsumer,
  startProducer,
} from '../support/kafka-services.ts'
import { createLifetime } from '../support/lifetime.ts'
import { type Kafka, startKafka } from '../support/start-kafka.ts'
import { fixtureIn } from './packages.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ESM = fixtureIn('kafkajs-2', 'service.mjs', 'kafka')
const CJS = fixtureIn('kafkajs-2', 'service.cjs', 'kafka')

const lifetime = createLifetime()
let kafka: Kafka
before(async () => {
  kafka = await startKafka(lifetime)
})
after(() => lifetime.end())

let topics = 0
const optionsFor = (t: TestContext, more: Partial<ServiceOptions> = {}): ServiceOptions => ({
  kafka,
  topic: `orders-${++topics}`,
  fixture: ESM,
  t,
  ...more,
})

/** What each of three requests brings, and what its ID then is. */
const REQUESTS = [
  { name: 'given', id: 'order-4711' },
  { name: 'minted', id: undefined },
  { name: 'malformed', id: 'not well-formed' },
] as const

/** How the ID gets from a request to the handler of its message. */
const CARRYING: Readonly<Record<string, Partial<ServiceOptions>>> = {
  'in ES modules': {},
  'in CommonJS': { fixture: CJS },
  'with tracing off': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'with the SDK disabled': { env: { OTEL_SDK_DISABLED: 'true' } },
  'beside another distribution': { env: { CORRELATION_SDK: 'off' } },
  unsampled: { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  'as a child': { env: { CORRELATION_JOBS: 'parent' } },
}

/** The same with a mechanism off: the handler cannot know the ID. */
const CONTROLS: Readonly<Record<string, Partial<ServiceOptions>>> = {
  'CORRELATION_MESSAGING=false': { env: { CORRELATION_MESSAGING: 'false' } },
  'the instrumentation disabled': { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'kafkajs' } },
  'no preload': { preload: 'none' },
}

async function sendAndTake(options: ServiceOptions) {
  const producer = await startProducer(options)
  const consumer = await startConsumer(options)
  const sent = new Map<string, string>()
  for (const { name, id } of REQUESTS) sent.set(name, await ask(producer, `/send?name=${name}`, id))
  await linesOf(consumer, 'handled', REQUESTS.length)
  const lines = consumer.logs.filter(({ name }) => name !== undefined)
  return { sent, taken: idsByName(lines), lines }
}

describe('a message through Kafka', () => {
  for (const [title, more] of Object.entries(CARRYING)) {
    it(`is handled under the ID of the request that sent it: ${title}`, async (t) => {
      const { sent, taken, lines } = await sendAndTake(optionsFor(t, more))
      assert.equal(sent.get('given'), 'order-4711')
      assert.match(sent.get('minted') as string, UUID)
      assert.match(sent.get('malformed') as string, UUID)
      assert.deepEqual(taken, sent)
      for (const { name, carried } of lines.filter(({ message }) => message === 'handling')) {
        const id = sent.get(name as string)
        assert.ok((carried as string[]).includes(`x-correlation-id: ${id}`), `${carried}`)
        assert.ok((carried as string[]).includes(`baggage: correlation.id=${id}`), `${carried}`)
      }
    })
  }

  for (const [title, more] of Object.entries(CONTROLS)) {
    it(`control: with ${title} it is not`, async (t) => {
      const { sent, taken, lines } = await sendAndTake(optionsFor(t, more))
      assert.equal(taken.size, REQUESTS.length)
      for (const { name } of REQUESTS) {
        if (more.preload !== 'none') assert.notEqual(sent.get(name), '')
        assert.notEqual(taken.get(name) ?? 'none', sent.get(name))
      }
      assert.ok(!JSON.stringify(lines.map(({ carried }) => carried)).includes('correlation'))
    })
  }
})

describe('what a service sends to Kafka', () => {
  it('has an ID for each message, by whichever call', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    const sent = new Map<string, string>()
    for (const [path, ...names] of [
      ['/many?names=', 'm1', 'm2', 'm3'],
      ['/batch?names=', 'b1', 'b2', 'b3'],
      ['/transaction?names=', 't1', 't2'],
      ['/class?name=', 'c1'],
    ] as const) {
      const id = await ask(producer, `${path}${names.join()}`)
      for (const name of names) sent.set(name, id)
    }
    await ask(producer, '/aborted?names=x1,x2')
    const lines = await linesOf(consumer, 'handled', sent.size)
    assert.deepEqual(idsByName(lines), sent)
    assert.equal(new Set(sent.values()).size, 4)
  })

  it('has an ID that the application put there itself, unless it is none', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    await ask(producer, '/own?name=own&id=ticket-9', 'request-9')
    await ask(producer, '/own?name=hostile&id=a%20b%0d%0aSet-Cookie:%20c', 'request-10')
    const lines = await linesOf(consumer, 'handling', 2)
    assert.deepEqual(
      [...idsByName(lines)],
      [
        ['own', 'ticket-9'],
        ['hostile', 'request-10'],
      ],
    )
    for (const { carried } of lines) {
      const headers = carried as string[]
      assert.ok(headers.includes('own: kept'), `${headers}`)
      assert.equal(headers.filter((header) => /^x-correlation-id:/i.test(header)).length, 1, `${headers}`)
      assert.ok(!`${headers}`.includes('Set-Cookie'))
    }
  })

  it('never keeps the ID of an earlier request in an object that is sent again, and leaves that as it was', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    const original = {
      topic: options.topic,
      messages: [{ key: 'reused', value: '{"name":"reused"}', headers: { own: 'kept' } }],
    }
    for (const id of ['first-1', 'second-2']) {
      assert.deepEqual(JSON.parse((await get(producer, '/reused', id)).body), original)
    }
    // Now by a timer, which has no ID.
    await ask(producer, '/outbox-reused', 'third-3')
    const ids = (await linesOf(consumer, 'handled', 3)).map((line) => line['correlation_id'])
    assert.deepEqual(ids.slice(0, 2), ['first-1', 'second-2'])
    assert.match(ids[2] as string, UUID)
  })

  it('is refused in the library’s own words', async (t) => {
    const options = optionsFor(t)
    const [ours, plain] = await Promise.all([
      startProducer(options),
      startProducer({ ...options, topic: `${options.topic}-plain`, preload: 'none' }),
    ])
    for (const path of ['/invalid', '/too-large']) {
      const [answer, bare] = await Promise.all([get(ours, path), get(plain, path)])
      assert.equal(answer.status, 500)
      assert.equal(answer.body, bare.body.replaceAll('-plain', ''))
    }
  })
})

describe('a consumer that a request has started', () => {
  it('has a message again under the same ID where its handler failed, and the library names that ID', async (t) => {
    const options = optionsFor(t)
    const producer = await startProducer(options)
    const consumer = await startConsumer(options)
    await ask(producer, '/send?name=fails', 'order-1')
    await linesOf(consumer, 'handled', 1)
    const lines = consumer.logs.map(({ message, correlation_id: id }) => [message, id])
    assert.deepEqual(
      lines.filter(([message]) => /handling|handled|eachMessage/.test(message as string)),
      [
        ['handling', 'order-1'],
        ['Error when calling eachMessage', 'order-1'],
        ['handling', 'order-1'],
        ['handled', 'order-1'],
      ],
    )
  })

  for (const [title, env, expected] of [
    ['is under no ID between messages', {}, undefined],
    ['control: disabled, it is under that of the request', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'kafkajs' }, STARTER],
  ] as const) {
    it(title, async (t) => {
      const options = optionsFor(t, { env })
      const producer = await startProducer(options)
      const consumer = await startConsumer(options)
      await ask(producer, '/send?name=one')
      await linesOf(consumer, 'handled', 1)
      await startConsumer(options)
      const [line] = await linesOf(consumer, 'The group is rebalancing, re-joining', 1)
      assert.equal(line?.['correlation_id'], expected)
    })
  }
})
