// SPDX-License-Identifier: Apache-2.0
import { SpanStatusCode, trace } from '@opentelemetry/api'
import type { Processing } from './messaging.ts'

/** Why a message's span is an error though nothing was thrown: the value of `error.type`, and the sentence beside it. */
const FAILURES = {
  nack: 'The message was refused (nack).',
  reject: 'The message was refused (reject).',
  channel_closed: 'The channel was closed before the message was acknowledged.',
  process_exit: 'The process ended before the message was done.',
} as const
export type Failure = keyof typeof FAILURES

/** More than this of one channel are never acknowledged, or not for long: the oldest is let go. */
const MAX_OPEN = 1000

interface OpenMessage {
  /** Undefined from its end on: a table that the Map has replaced holds on to what was open then, see open-list.ts. */
  processing: Processing | undefined
  /** It is done when its handler's promise is settled; any other when the broker is told what became of it. */
  readonly endsByPromise: boolean
}

/** Those that have any. */
const channels = new Set<OpenMessages>()

/**
 * The messages of one channel whose spans have not ended. They are told apart by their delivery tags, which count up:
 * https://www.rabbitmq.com/docs/confirms#consumer-acks-delivery-tags
 */
export class OpenMessages {
  readonly #open = new Map<number, OpenMessage>()

  add(tag: number, message: OpenMessage): void {
    const [oldest] = this.#open.size < MAX_OPEN ? [] : this.#open.keys()
    if (oldest !== undefined) this.end(oldest)
    this.#open.set(tag, message)
    channels.add(this)
  }

  /** Ends the span of a message, unless that has ended. */
  end(tag: number, error?: unknown): void {
    const message = this.#open.get(tag)
    if (message === undefined) return
    this.#open.delete(tag)
    if (this.#open.size === 0) channels.delete(this)
    const { processing } = message
    message.processing = undefined
    processing?.end(error)
  }

  /** The broker was told what became of a message or, with `multiple`, of all up to it (0: of all that there are). */
  settle(tag: number, multiple: boolean, failure: Failure | undefined): void {
    if (!multiple) {
      this.#settleOne(tag, failure)
      return
    }
    for (const open of this.#open.keys()) {
      if (tag !== 0 && open > tag) break
      this.#settleOne(open, failure)
    }
  }

  /** Nothing more will be heard of those that wait for the broker to be told; a promise still tells. */
  close(): void {
    for (const [tag, { processing, endsByPromise }] of this.#open) {
      if (endsByPromise) continue
      fail(processing, 'channel_closed')
      this.end(tag)
    }
  }

  /** Ends all spans, as the process ends. */
  abandon(): void {
    for (const [tag, { processing }] of this.#open) {
      fail(processing, 'process_exit')
      this.end(tag)
    }
  }

  #settleOne(tag: number, failure: Failure | undefined): void {
    const message = this.#open.get(tag)
    if (message === undefined) return
    if (failure !== undefined) fail(message.processing, failure)
    if (!message.endsByPromise) this.end(tag)
  }
}

/** Ends the spans of messages that are still being handled: a worker that crashes is looked for by the ID of what it was at. */
export function endOpenMessages(): void {
  for (const channel of channels) channel.abandon()
}

function fail(processing: Processing | undefined, failure: Failure): void {
  const span = processing && trace.getSpan(processing.context)
  span?.setAttribute('error.type', failure)
  span?.setStatus({ code: SpanStatusCode.ERROR, message: FAILURES[failure] })
}
