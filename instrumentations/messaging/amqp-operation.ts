// SPDX-License-Identifier: Apache-2.0
import type { Attributes } from '@opentelemetry/api'
import { hiddenField } from '../../src/correlation/hidden-field.ts'
import type { MessageOperation } from './messaging.ts'

/** What amqplib hands to its encoder, method and properties in one object. */
export interface Published {
  readonly exchange?: unknown
  readonly routingKey?: unknown
  readonly headers?: unknown
  readonly messageId?: unknown
  readonly correlationId?: unknown
}

/** A message as the application gets it. */
export interface Delivered {
  readonly fields: { readonly exchange?: unknown; readonly routingKey?: unknown; readonly deliveryTag: number }
  readonly properties: { readonly headers?: unknown; readonly messageId?: unknown; readonly correlationId?: unknown }
}

/** amqplib's connection. */
export interface Connection {
  readonly stream?: { readonly _host?: unknown; readonly remoteAddress?: unknown; readonly remotePort?: unknown }
}

/** Names that the broker makes up, another one each time; they say nothing and would make as many span names. */
const MADE_UP = /^amq\.(?:gen-|rabbitmq\.reply-to)/

/** The names are those of https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/. */
export function publishOperation(published: Published, connection: Connection | undefined): MessageOperation {
  const exchange = textOf(published.exchange)
  const routingKey = textOf(published.routingKey)
  return {
    name: 'publish',
    destination: shortName(exchange || routingKey || 'amq.default'),
    attributes: {
      'messaging.destination.name': [exchange, routingKey].filter(Boolean).join(':') || 'amq.default',
      ...common(routingKey, exchange || routingKey, published, connection),
    },
  }
}

/** The span is named after the queue, as `consume` is. */
export function consumeOperation(
  queue: string,
  { fields, properties }: Delivered,
  connection: Connection | undefined,
): MessageOperation {
  const exchange = textOf(fields.exchange)
  const routingKey = textOf(fields.routingKey)
  return {
    name: 'consume',
    destination: shortName(queue || exchange || routingKey),
    attributes: {
      'messaging.destination.name': [exchange, routingKey, queue === routingKey ? '' : queue].filter(Boolean).join(':'),
      'messaging.rabbitmq.message.delivery_tag': fields.deliveryTag,
      ...common(routingKey, queue || exchange || routingKey, properties, connection),
    },
  }
}

function shortName(name: string): string {
  return MADE_UP.test(name) ? '(anonymous)' : name
}

function common(
  routingKey: string,
  name: string,
  { messageId, correlationId }: Published,
  connection: Connection | undefined,
): Attributes {
  const attributes: Attributes = { ...serverOf(connection) }
  if (routingKey !== '') attributes['messaging.rabbitmq.destination.routing_key'] = routingKey
  if (MADE_UP.test(name)) attributes['messaging.destination.anonymous'] = true
  if (typeof messageId === 'string') attributes['messaging.message.id'] = messageId
  if (typeof correlationId === 'string') attributes['messaging.message.conversation_id'] = correlationId
  return attributes
}

const servers = hiddenField<Attributes>()

/** A socket forgets its peer when it is closed, and asks the system for it. */
function serverOf(connection: Connection | undefined): Attributes | undefined {
  const stream = connection?.stream
  if (connection === undefined || stream === undefined) return undefined
  const known = servers.get(connection)
  if (known !== undefined) return known
  const { _host: host, remoteAddress, remotePort } = stream
  const attributes: Attributes = {}
  const address = typeof host === 'string' ? host : remoteAddress
  if (typeof address === 'string') attributes['server.address'] = address
  if (typeof remotePort === 'number') attributes['server.port'] = remotePort
  servers.set(connection, attributes)
  return attributes
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
