// SPDX-License-Identifier: Apache-2.0
import { wasWritten } from '../../src/propagation/written-carriers.ts'
import { messageAttributes } from './kafka-attributes.ts'
import type { KafkaParts } from './kafka-parts.ts'
import type { Sending } from './messaging.ts'

interface Message {
  readonly key?: unknown
  readonly value?: unknown
  readonly partition?: unknown
  readonly headers?: Readonly<Record<string, unknown>> | null
}

interface TopicMessages {
  readonly topic: string
  readonly messages: readonly Message[]
}

interface BatchRequest {
  readonly topicMessages?: readonly TopicMessages[]
}

type Send = (...args: unknown[]) => Promise<unknown>

/** What kafkajs makes for each producer, and for each transaction. */
export interface MessageProducer {
  send: Send
  sendBatch: Send
}

export type CreateMessageProducer = (...args: unknown[]) => MessageProducer

/** Makes a message that is sent in the place of one of the application's. */
type Replace = (topic: string, message: Message) => Message

/** Makes another request of the application's, which stays as it is. */
type Rewrite = (request: unknown, replace: Replace) => unknown

/** Has every message sent with its own ID, and with a span of its own. */
export function instrumentMessageProducer(create: CreateMessageProducer, parts: KafkaParts): CreateMessageProducer {
  return function createMessageProducer(this: unknown, ...args) {
    const producer = Reflect.apply(create, this, args)
    const { send, sendBatch } = producer
    // Neither calls the other through this object.
    if (typeof send === 'function') producer.send = carrying(send, parts, rewriteRecord)
    if (typeof sendBatch === 'function') producer.sendBatch = carrying(sendBatch, parts, rewriteBatch)
    return producer
  }
}

const rewriteRecord: Rewrite = (record, replace) => withMessages(record as TopicMessages, replace)

const rewriteBatch: Rewrite = (request, replace) => {
  const { topicMessages = [] } = request as BatchRequest
  const rewritten = topicMessages.map((record) => withMessages(record, replace))
  return withField(request as BatchRequest, 'topicMessages', rewritten)
}

function carrying(send: Send, parts: KafkaParts, rewrite: Rewrite): Send {
  return function (this: unknown, ...args) {
    if (!parts.isCarried && !parts.isTraced()) return Reflect.apply(send, this, args)
    const sendings: Sending[] = []
    let request: unknown
    try {
      request = rewrite(args[0], (topic, message) => replacement(topic, message, parts, sendings))
    } catch {
      // A request that is none: the library says so in its own words.
      for (const { end } of sendings) end()
      return Reflect.apply(send, this, args)
    }
    const sent = Reflect.apply(send, this, [request, ...args.slice(1)])
    return parts.isTraced() && sendings.length > 0 ? ending(sent, sendings) : sent
  }
}

/** Not the promise itself with one more listener: a rejection that the application does not handle would look handled. */
async function ending(sent: Promise<unknown>, sendings: readonly Sending[]): Promise<unknown> {
  try {
    const result = await sent
    for (const { end } of sendings) end()
    return result
  } catch (error) {
    for (const { end } of sendings) end(error)
    throw error
  }
}

function withMessages(record: TopicMessages, replace: Replace): TopicMessages {
  const { topic, messages } = record
  // The library refuses these, and shows the message.
  if (messages.some(({ value }) => value === undefined)) return record
  const replaced = messages.map((message) => replace(topic, message))
  return withField(record, 'messages', replaced)
}

function replacement(topic: string, message: Message, parts: KafkaParts, sendings: Sending[]): Message {
  const given = message.headers ?? undefined
  const attributes = parts.isTraced() ? messageAttributes(message, message.partition) : undefined
  const chosen = wasWritten(given) ? undefined : given
  const sending = parts.messaging.send({ name: 'send', destination: topic, attributes }, chosen)
  sendings.push(sending)
  const headers = copyOf(given, parts)
  sending.inject(headers)
  return withField(message, 'headers', headers)
}

/** Without what is written in its place, whatever its letter case: Kafka keeps a name as it is. */
function copyOf(given: Readonly<Record<string, unknown>> = {}, { isCarried, outboundHeaders }: KafkaParts) {
  const headers: Record<string, unknown> = { ...given }
  if (!isCarried) return headers
  for (const name of Object.keys(headers)) if (outboundHeaders.includes(name.toLowerCase())) delete headers[name]
  return headers
}

/**
 * The same but for one field. kafkajs copies the own fields of a message, but hands the message itself to a partitioner: what is an instance of a
 * class stays one, and its accessors are called on the original, whose private fields a copy would not have.
 */
function withField<Whole extends object, Field extends keyof Whole>(
  whole: Whole,
  field: Field,
  value: Whole[Field],
): Whole {
  const copy = { ...whole, [field]: value }
  const prototype = Object.getPrototypeOf(whole)
  if (prototype === Object.prototype || prototype === null) return copy
  return new Proxy(Object.create(prototype, Object.getOwnPropertyDescriptors(copy)), {
    get: (_, name) => (name === field ? value : Reflect.get(whole, name)),
  })
}
