// SPDX-License-Identifier: Apache-2.0
import { type Context, createContextKey } from '@opentelemetry/api'

/** One message out of a batch, about to be handled. */
export interface BatchedMessage {
  /** What its handler runs in. */
  readonly context: Context
  /** Ends its span; never throws. */
  end(error?: unknown): void
}

/** What the handler of a whole batch has in its context, so that code which handles one message can say so. */
export interface MessageBatch {
  /** Begins to handle the message that has this very metadata; undefined where none in the batch has. Never throws. */
  process(metadata: object): BatchedMessage | undefined
}

/** `createContextKey` is `Symbol.for`: the public functions are another instance of this module than the preload's. */
const KEY_BATCH = createContextKey('@org/correlation.batch')

/** Reads the batch that a context belongs to. */
export function getBatch(context: Context): MessageBatch | undefined {
  return context.getValue(KEY_BATCH) as MessageBatch | undefined
}

/** Returns a context that belongs to the batch. */
export function setBatch(context: Context, batch: MessageBatch): Context {
  return context.setValue(KEY_BATCH, batch)
}
