// SPDX-License-Identifier: Apache-2.0
import { types } from 'node:util'
import { trace } from '@opentelemetry/api'
import { withContext } from '../../src/correlation/active-context.ts'
import { hiddenField } from '../../src/correlation/hidden-field.ts'
import { bindCallback } from '../bound-callback.ts'
import type { Method } from '../patch-method.ts'
import { type Connection, consumeOperation, type Delivered } from './amqp-operation.ts'
import { type Table, tableGetter } from './amqp-table.ts'
import type { Messaging, Processing } from './messaging.ts'
import { type Failure, OpenMessages } from './open-messages.ts'
import { wrapMethod } from './wrap-method.ts'

interface ConsumingChannel {
  readonly connection?: Connection
}

/** What a handler was found to be, once for each consumer. */
interface Consumer {
  readonly queue: string
  readonly channel: ConsumingChannel
  readonly handle: Method
  /** For what is no message: `null` says that the broker ended the consumer. */
  readonly cancel: Method
  readonly isAsync: boolean
  readonly noAck: boolean
}

/** The methods of https://www.rabbitmq.com/resources/specs/amqp-xml-doc0-9-1.pdf that settle a message: class 60 and the method's number. */
const SETTLING: Readonly<Record<number, Failure | undefined>> = {
  [(60 << 16) | 80]: undefined,
  [(60 << 16) | 90]: 'reject',
  [(60 << 16) | 120]: 'nack',
}

const openMessages = hiddenField<OpenMessages>()
const processings = hiddenField<Processing>()

/** The context that a delivered message was handed over in, below whatever else has wrapped the handler. */
export function processingOf(message: object): Processing | undefined {
  return processings.get(message)
}

/** What comes in on the channels of one copy of amqplib. */
export class Consuming {
  readonly #messaging: Messaging

  constructor(messaging: Messaging) {
    this.#messaging = messaging
  }

  /** The classes of the promise and of the callback API. */
  patchModel(prototype: object): void {
    wrapMethod<ConsumingChannel>(prototype, 'consume', (original, channel, args) => {
      const [queue, handle, options] = args as [unknown, unknown, { readonly noAck?: unknown } | null | undefined]
      if (typeof handle === 'function') {
        args[1] = this.#wrapHandler({
          queue: typeof queue === 'string' ? queue : '',
          channel,
          handle: handle as Method,
          cancel: bindCallback(handle as Method),
          isAsync: types.isAsyncFunction(handle),
          noAck: Boolean(options?.noAck),
        })
      }
      return Reflect.apply(original, channel, args)
    })
  }

  /** Every ack, nack and reject is sent by one method of the class below both. */
  patchChannel(prototype: object): void {
    wrapMethod(prototype, 'sendImmediately', (original, channel: object, args) => {
      const sent = Reflect.apply(original, channel, args)
      const [method, fields] = args as [number, { readonly deliveryTag: number; readonly multiple?: boolean }]
      if (Object.hasOwn(SETTLING, method)) {
        openMessages.get(channel)?.settle(fields.deliveryTag, fields.multiple === true, SETTLING[method])
      }
      return sent
    })
    wrapMethod(prototype, 'toClosed', (original, channel: object, args) => {
      openMessages.get(channel)?.close()
      return Reflect.apply(original, channel, args)
    })
  }

  #wrapHandler(consumer: Consumer): Method {
    const messaging = this.#messaging
    const { handle, cancel, isAsync, noAck } = consumer
    return function (this: unknown, ...args) {
      const message = args[0] as Delivered | null | undefined
      if (message === null || message === undefined) return Reflect.apply(cancel, this, args)
      const processing = begin(messaging, consumer, message)
      if (processing === undefined) return Reflect.apply(handle, this, args)
      const end = tracked(consumer, message, processing)
      let result: unknown
      try {
        result = withContext(processing.context, handle, this, ...args)
      } catch (error) {
        end?.(error)
        throw error
      }
      if (end === undefined) return result
      if (isAsync && types.isPromise(result)) return settled(result, end)
      // An asynchronous generator, which nobody runs, counts as asynchronous too.
      if (isAsync || noAck) end()
      return result
    }
  }
}

function begin(messaging: Messaging, { queue, channel }: Consumer, message: Delivered): Processing | undefined {
  try {
    const headers = (message.properties.headers ?? {}) as Table
    const operation = consumeOperation(queue, message, channel.connection)
    const processing = messaging.process(operation, headers, { getter: tableGetter })
    processings.set(message, processing)
    return processing
  } catch {
    return undefined
  }
}

/** Keeps the message until it is done; undefined where no span waits for that. */
function tracked(
  { channel, isAsync }: Consumer,
  { fields }: Delivered,
  processing: Processing,
): ((error?: unknown) => void) | undefined {
  if (trace.getSpan(processing.context)?.isRecording() !== true) return undefined
  let messages = openMessages.get(channel)
  if (messages === undefined) {
    messages = new OpenMessages()
    openMessages.set(channel, messages)
  }
  const channelMessages = messages
  channelMessages.add(fields.deliveryTag, { processing, endsByPromise: isAsync })
  return (error) => channelMessages.end(fields.deliveryTag, error)
}

/**
 * Only for the promise of an `async` function, which nobody has but us, and amqplib, which does not look at it: one that is rejected ends the process as before,
 * since the one that is handed on in its place is rejected as well. To look at a promise that somebody else may have would mark it as handled.
 */
function settled(promise: Promise<unknown>, end: (error?: unknown) => void): Promise<unknown> {
  return promise.then(
    (value) => {
      end()
      return value
    },
    (error) => {
      end(error ?? new Error('The handler was rejected without a reason.'))
      throw error
    },
  )
}
