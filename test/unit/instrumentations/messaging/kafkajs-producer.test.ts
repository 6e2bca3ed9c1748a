// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  type CreateMessageProducer,
  instrumentMessageProducer,
} from '../../../../instrumentations/messaging/kafkajs-producer.ts'
import { Messaging } from '../../../../instrumentations/messaging/messaging.ts'
import { setId } from '../../../../src/correlation/context.ts'
import { DEFAULT_RULES } from '../../../../src/correlation/decide.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'
import { CorrelationPropagator } from '../../../../src/propagation/propagator.ts'
import type { Runtime } from '../../../../src/runtime.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager())
propagation.setGlobalPropagator(new CorrelationPropagator())
after(() => {
  context.disable()
  propagation.disable()
})

interface Sent {
  readonly value?: unknown
  readonly headers: Record<string, unknown>
}

/** Calls an instrumented producer under an ID; returns what the library's own function was called with, and its answer. */
async function send(method: 'send' | 'sendBatch', args: readonly unknown[], messaging = true) {
  const outboundHeaders = ['x-correlation-id']
  const config = { messaging, jobs: 'link' }
  const runtime = { config, rules: DEFAULT_RULES, baggageKey: 'correlation.id', outboundHeaders } as unknown as Runtime
  const calls: unknown[][] = []
  const original = async (...received: unknown[]) => {
    calls.push(received)
    return 'the answer'
  }
  const create: CreateMessageProducer = () => ({ send: original, sendBatch: original })
  const parts = {
    messaging: new Messaging(runtime, 'kafka', undefined),
    isTraced: () => false,
    isCarried: messaging,
    outboundHeaders,
  }
  const producer = instrumentMessageProducer(create, parts)()
  const active = setId(ROOT_CONTEXT, 'active-1' as CorrelationId)
  const answer = await context.with(active, () => producer[method](...args))
  assert.equal(answer, 'the answer')
  assert.equal(calls.length, 1)
  return calls[0] as unknown[]
}

const sentBy = async (message: unknown) => {
  const [record] = await send('send', [{ topic: 't', acks: 1, messages: [message] }])
  const { topic, acks, messages } = record as { topic: string; acks: number; messages: Sent[] }
  assert.deepEqual([topic, acks, messages.length], ['t', 1, 1])
  return messages[0] as Sent
}

const OURS = { 'x-correlation-id': 'active-1', baggage: 'correlation.id=active-1' }

/** What stands in the headers of a message that has these. */
const HEADERS: readonly (readonly [title: string, given: unknown, expected: object])[] = [
  ['none', undefined, OURS],
  ['null', null, OURS],
  ['others', { a: 'b', list: ['c', Buffer.from('d')] }, { a: 'b', list: ['c', Buffer.from('d')], ...OURS }],
  ['baggage', { baggage: 'tenant=7' }, { ...OURS, baggage: 'correlation.id=active-1,tenant=7' }],
  [
    'an ID',
    { 'X-Correlation-Id': Buffer.from('own-2') },
    { 'x-correlation-id': 'own-2', baggage: 'correlation.id=own-2' },
  ],
  ['no ID', { 'x-correlation-id': 'a\r\nb' }, OURS],
]

/** Requests that kafkajs refuses. */
const REFUSED: readonly (readonly ['send' | 'sendBatch', ...args: unknown[]])[] = [
  ['send'],
  ['send', null],
  ['send', { topic: 't' }],
  ['send', { topic: 't', messages: 'text' }],
  ['send', { topic: 't', messages: [null] }],
  ['send', { topic: 't', messages: [{ value: 'a' }, { key: 'without a value' }] }],
  ['sendBatch', { topicMessages: 5 }],
  ['sendBatch', { topicMessages: [{ topic: 't' }] }],
]

class Order {
  readonly #partition = 3
  readonly value: string
  constructor(value: string) {
    this.value = value
    Object.freeze(this)
  }
  get partition(): number {
    return this.#partition
  }
}

describe('what is sent by an instrumented producer', () => {
  for (const [title, given, expected] of HEADERS) {
    it(`has the ID in its headers, where the application gives ${title}`, async () => {
      const message = Object.freeze({ value: 'v', key: 'k', headers: given && Object.freeze(given) })
      assert.deepEqual(await sentBy(message), { value: 'v', key: 'k', headers: expected })
    })
  }

  it('is another object each time: the application’s is left alone', async () => {
    const message = { value: 'v', headers: {} }
    const first = await sentBy(message)
    assert.deepEqual(message, { value: 'v', headers: {} })
    assert.notEqual((await sentBy(message)).headers, first.headers)
  })

  it('may be an instance of a class, frozen and with private fields', async () => {
    const sent = await sentBy(new Order('v'))
    assert.ok(sent instanceof Order)
    // As kafkajs reads it: a partitioner gets the message, the encoder its own fields.
    assert.equal(sent.partition, 3)
    assert.deepEqual({ ...sent }, { value: 'v', headers: OURS })
  })

  it('has the ID in each message of each topic', async () => {
    const topicMessages = [
      { topic: 'a', messages: [{ value: '1' }, { value: '2' }] },
      { topic: 'b', messages: [] },
    ]
    const [request, ...rest] = await send('sendBatch', [{ acks: 0, topicMessages }, 'more'])
    assert.deepEqual(rest, ['more'])
    assert.deepEqual(request, {
      acks: 0,
      topicMessages: [
        {
          topic: 'a',
          messages: [
            { value: '1', headers: OURS },
            { value: '2', headers: OURS },
          ],
        },
        { topic: 'b', messages: [] },
      ],
    })
  })

  it('is the request of the application itself with CORRELATION_MESSAGING=false and no tracing', async () => {
    const request = { topic: 't', messages: [{ value: 'v' }] }
    assert.equal((await send('send', [request], false))[0], request)
  })

  for (const [method, ...args] of REFUSED) {
    it(`goes to the library as it is where it is refused: ${method}(${JSON.stringify(args)?.slice(1, -1)})`, async () => {
      const received = await send(method, args)
      assert.deepEqual(received, args)
    })
  }
})
