// SPDX-License-Identifier: Apache-2.0
import { type Context, type Link, trace } from '@opentelemetry/api'
import type { BatchedMessage, MessageBatch } from '../../src/propagation/message-batch.ts'
import type { DescribedMessage } from './kafka-attributes.ts'
import type { MessageOperation, Messaging } from './messaging.ts'

/** A message as kafkajs hands it over. */
export interface ReceivedMessage extends DescribedMessage {
  /** Brokers older than 0.11 have none. */
  readonly headers?: object
}

/** Gives each message of a batch the span that it has where messages come one by one, once code says that it handles the message. */
export class KafkaBatch implements MessageBatch {
  readonly #messages: readonly ReceivedMessage[]
  readonly #base: Context
  readonly #links: readonly Link[]
  readonly #describe: (message: ReceivedMessage) => MessageOperation
  readonly #messaging: Messaging
  #byHeaders: ReadonlyMap<unknown, ReceivedMessage> | undefined

  /** @param context - What the batch is handled in: a message without an ID has that one's. */
  constructor(
    messages: readonly ReceivedMessage[],
    context: Context,
    describe: (message: ReceivedMessage) => MessageOperation,
    messaging: Messaging,
  ) {
    const span = trace.getSpanContext(context)
    this.#messages = messages
    this.#base = trace.deleteSpan(context)
    this.#links = span === undefined ? [] : [{ context: span }]
    this.#describe = describe
    this.#messaging = messaging
  }

  process(metadata: object): BatchedMessage | undefined {
    try {
      this.#byHeaders ??= new Map(this.#messages.map((message) => [message.headers, message]))
      const message = this.#byHeaders.get(metadata)
      if (message === undefined) return undefined
      return this.#messaging.process(this.#describe(message), metadata, { base: this.#base, links: this.#links })
    } catch {
      return undefined
    }
  }
}
