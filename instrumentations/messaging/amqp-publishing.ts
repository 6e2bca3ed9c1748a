// SPDX-License-Identifier: Apache-2.0
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import type { Method } from '../patch-method.ts'
import { type Connection, type Published, publishOperation } from './amqp-operation.ts'
import { type Table, tableGetter, tableSetter } from './amqp-table.ts'
import type { Messaging, Sending } from './messaging.ts'
import { wrapMethod } from './wrap-method.ts'

interface PublishingChannel {
  readonly connection?: Connection
}

/** A message that the broker will confirm, from the moment it is handed over. */
interface Confirmation {
  sending: Sending | undefined
}

/** What goes out on the channels of one copy of amqplib. */
export class Publishing {
  readonly #messaging: Messaging
  readonly #isTraced: () => boolean
  /** Set while a confirm channel publishes, which is synchronous. */
  #confirming: Confirmation | undefined

  constructor(messaging: Messaging, isTraced: () => boolean) {
    this.#messaging = messaging
    this.#isTraced = isTraced
  }

  /**
   * `publish` and `sendToQueue` of every kind of channel end in `sendMessage`, with properties that amqplib has made for this one message: what is
   * written there is in no object of the application's, however often it uses its own.
   */
  patchChannel(prototype: object): void {
    wrapMethod<PublishingChannel>(prototype, 'sendMessage', (original, channel, args) => {
      const confirmation = this.#confirming
      const sending = this.#begin(args[0] as Published, channel.connection)
      if (sending === undefined) return Reflect.apply(original, channel, args)
      let isFull: unknown
      try {
        isFull = Reflect.apply(original, channel, args)
      } catch (error) {
        sending.end(error)
        throw error
      }
      if (confirmation === undefined) sending.end()
      else confirmation.sending = sending
      return isFull
    })
  }

  /**
   * The broker's confirmation arrives in the socket's context: the caller's callback runs in the caller's. The span ends there, so that a message
   * the broker refused is seen on it.
   */
  patchConfirmChannel(prototype: object): void {
    wrapMethod(prototype, 'publish', (original, channel, args) => {
      const callback = args[4]
      const isFunction = typeof callback === 'function'
      // What is neither is the application's mistake, which amqplib answers.
      if (!isFunction && (callback || !this.#isTraced())) return Reflect.apply(original, channel, args)
      const confirmation: Confirmation = { sending: undefined }
      args[4] = onConfirm(isFunction ? (callback as Method) : undefined, confirmation)
      const outer = this.#confirming
      this.#confirming = confirmation
      try {
        return Reflect.apply(original, channel, args)
      } finally {
        this.#confirming = outer
      }
    })
  }

  #begin(published: Published, connection: Connection | undefined): Sending | undefined {
    let sending: Sending | undefined
    try {
      const table = published.headers as Table | null | undefined
      if (typeof table !== 'object' || table === null) return undefined
      sending = this.#messaging.send(publishOperation(published, connection), table, tableGetter, 'given')
      sending.inject(table, tableSetter)
      return sending
    } catch (error) {
      sending?.end(error)
      return undefined
    }
  }
}

function onConfirm(callback: Method | undefined, confirmation: Confirmation): Method {
  const active = activeContext()
  return function (this: unknown, ...args) {
    const { sending } = confirmation
    sending?.end(args[0] ?? undefined)
    if (callback === undefined) return undefined
    // A caller without an ID finds the one that the message was given.
    const context = sending !== undefined && getId(active) === undefined ? sending.context : active
    return withContext(context, callback, this, ...args)
  }
}
