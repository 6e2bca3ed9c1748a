// SPDX-License-Identifier: Apache-2.0
import { context, propagation } from '@opentelemetry/api'
import { messageGetter } from '../propagation/carrier.ts'
import { type BatchedMessage, getBatch } from '../propagation/message-batch.ts'
import { CorrelationPropagator } from '../propagation/propagator.ts'
import { apiSettings } from './settings.ts'

/**
 * Runs a function under the correlation ID and trace context that message metadata carries.
 *
 * @remarks
 * For the headers of a message out of a Kafka batch, inside `eachBatch`, it also makes the span that `eachMessage` would have; that ends
 * when the promise that `fn` returns is settled.
 *
 * @param carrier - The metadata that `injectCorrelation`, or a service in another language, has written. Without a
 * well-formed ID in it the active one stays in force, and where there is none one is generated.
 * @param fn - Runs at once; what it starts asynchronously has the ID as well.
 * @returns what `fn` returns. Throws only what `fn` throws.
 *
 * @example
 * ```js
 * import { withExtractedCorrelation } from '@org/correlation'
 *
 * await consumer.run({
 *   eachBatch: async ({ batch }) => {
 *     for (const message of batch.messages) await withExtractedCorrelation(message.headers, () => handle(message))
 *   },
 * })
 * ```
 *
 * @public
 */
export function withExtractedCorrelation<Result>(
  carrier: Readonly<Record<string, unknown>> | null | undefined,
  fn: () => Result,
): Result {
  const metadata = carrier ?? {}
  const active = context.active()
  const batched = getBatch(active)?.process(metadata)
  if (batched !== undefined) return handle(batched, fn)
  const { rules, headers, outboundHeaders, baggageKey } = apiSettings()
  const extracted = propagation.extract(active, metadata, messageGetter)
  // Without the preload the global propagator does not know of the ID.
  const own = new CorrelationPropagator(undefined, { rules, headers, outboundHeaders, baggageKey })
  return context.with(own.extract(extracted, metadata, messageGetter), fn)
}

function handle<Result>(message: BatchedMessage, fn: () => Result): Result {
  let result: Result
  try {
    result = context.with(message.context, fn)
  } catch (error) {
    message.end(error)
    throw error
  }
  if (result instanceof Promise) return ending(result, message) as Result
  message.end()
  return result
}

/** Not the promise itself with one more listener: a rejection that nobody handles would look handled. */
function ending<Value>(result: Promise<Value>, message: BatchedMessage): Promise<Value> {
  return result.then(
    (value) => {
      message.end()
      return value
    },
    (error: unknown) => {
      message.end(error)
      throw error
    },
  )
}
