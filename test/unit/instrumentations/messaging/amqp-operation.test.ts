// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { consumeOperation, publishOperation } from '../../../../instrumentations/messaging/amqp-operation.ts'

const ANONYMOUS = { 'messaging.destination.anonymous': true }
const routed = (key: string) => ({ 'messaging.rabbitmq.destination.routing_key': key })
const named = (name: string) => ({ 'messaging.destination.name': name })

/** Exchange, routing key, queue (for what is consumed); span's destination; attributes. */
const PUBLISHED = [
  ['orders', 'new', 'orders', { ...named('orders:new'), ...routed('new') }],
  ['orders', '', 'orders', named('orders')],
  ['', 'work', 'work', { ...named('work'), ...routed('work') }],
  ['', '', 'amq.default', named('amq.default')],
  ['', 'amq.gen-Xa1', '(anonymous)', { ...named('amq.gen-Xa1'), ...routed('amq.gen-Xa1'), ...ANONYMOUS }],
  [undefined, 7, 'amq.default', named('amq.default')],
] as const

const CONSUMED = [
  ['orders', 'new', 'work', 'work', { ...named('orders:new:work'), ...routed('new') }],
  ['', 'work', 'work', 'work', { ...named('work'), ...routed('work') }],
  [
    '',
    'amq.rabbitmq.reply-to.a',
    'amq.rabbitmq.reply-to',
    '(anonymous)',
    {
      ...named('amq.rabbitmq.reply-to.a:amq.rabbitmq.reply-to'),
      ...routed('amq.rabbitmq.reply-to.a'),
      ...ANONYMOUS,
    },
  ],
  ['orders', '', '', 'orders', named('orders')],
] as const

describe('what the spans of messages are called', () => {
  for (const [exchange, routingKey, destination, attributes] of PUBLISHED) {
    it(`published to ${exchange || 'the default exchange'}, ${routingKey || 'no key'}`, () => {
      const operation = publishOperation({ exchange, routingKey }, undefined)
      assert.deepEqual(operation, { name: 'publish', destination, attributes })
    })
  }

  for (const [exchange, routingKey, queue, destination, attributes] of CONSUMED) {
    it(`consumed from ${queue || 'an unnamed queue'}, ${exchange || 'the default exchange'}, ${routingKey || 'no key'}`, () => {
      const message = { fields: { exchange, routingKey, deliveryTag: 3 }, properties: {} }
      assert.deepEqual(consumeOperation(queue, message, undefined), {
        name: 'consume',
        destination,
        attributes: { ...attributes, 'messaging.rabbitmq.message.delivery_tag': 3 },
      })
    })
  }

  it('tells IDs of the application’s, and the broker, which is asked once', () => {
    const connection = {
      stream: { _host: 'rabbit.internal', remoteAddress: '10.0.0.7', remotePort: 5672 as number | undefined },
    }
    const published = { exchange: 'orders', routingKey: '', messageId: 'm-1', correlationId: 'rpc-1' }
    const expected = {
      ...named('orders'),
      'server.address': 'rabbit.internal',
      'server.port': 5672,
      'messaging.message.id': 'm-1',
      'messaging.message.conversation_id': 'rpc-1',
    }
    assert.deepEqual(publishOperation(published, connection).attributes, expected)
    connection.stream.remotePort = undefined
    assert.deepEqual(publishOperation(published, connection).attributes, expected)
  })
})
