// SPDX-License-Identifier: Apache-2.0
import { type Context, type Link, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { withContext } from '../../src/correlation/active-context.ts'
import { messageGetter } from '../../src/propagation/carrier.ts'
import { setBatch } from '../../src/propagation/message-batch.ts'
import { messageAttributes } from './kafka-attributes.ts'
import { KafkaBatch, type ReceivedMessage } from './kafka-batch.ts'
import type { KafkaParts } from './kafka-parts.ts'
import type { Processing } from './messaging.ts'

interface MessagePayload {
  readonly topic: string
  readonly partition: number
  readonly message: ReceivedMessage
}

interface BatchPayload {
  readonly batch: {
    readonly topic: string
    readonly partition: number
    readonly messages: readonly ReceivedMessage[]
  }
}

type Handler<Payload> = (payload: Payload, ...rest: unknown[]) => unknown
type LogError = (message: unknown, extra?: { readonly error?: unknown }, ...rest: unknown[]) => unknown

interface Runner {
  eachMessage: Handler<MessagePayload> | null
  eachBatch: Handler<BatchPayload> | null
  readonly logger: { error: LogError }
  readonly consumerGroup?: { readonly groupId?: string }
  start(...args: unknown[]): unknown
  scheduleFetchManager(...args: unknown[]): unknown
}

/** What runs a consumer's handlers. */
export interface RunnerClass {
  readonly prototype: Runner
}

/** As many links as a span has by default: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#span-limits */
const MAX_LINKS = 128

/** Has the handlers of each consumer called in what their message, or their batch, carries. */
export function instrumentRunner({ prototype }: RunnerClass, parts: KafkaParts): void {
  const { start, scheduleFetchManager } = prototype
  if (typeof start !== 'function') return
  const prepared = new WeakSet<Runner>()
  prototype.start = function (...args) {
    try {
      if (!prepared.has(this)) prepare(this, parts)
      prepared.add(this)
    } catch {
      // It then runs as without us.
    }
    return Reflect.apply(start, this, args)
  }
  if (typeof scheduleFetchManager !== 'function') return
  // It fetches until the end of the process, and is nothing of the request that has called `consumer.run()`.
  prototype.scheduleFetchManager = function (...args) {
    return withContext(ROOT_CONTEXT, scheduleFetchManager, this, ...args)
  }
}

function prepare(runner: Runner, parts: KafkaParts): void {
  const group = runner.consumerGroup?.groupId
  const failures = new WeakMap<object, Context>()
  const { eachMessage, eachBatch } = runner
  if (typeof eachMessage === 'function') {
    runner.eachMessage = handling(eachMessage, (payload) => beginMessage(payload, group, parts), failures)
  }
  if (typeof eachBatch === 'function') {
    runner.eachBatch = handling(eachBatch, (payload) => beginBatch(payload, group, parts), failures)
  }
  const { error } = runner.logger
  if (typeof error !== 'function') return
  // The line in which the library says that a handler failed.
  runner.logger.error = function (message, extra, ...rest) {
    const failure = extra?.error
    const failed = typeof failure === 'object' && failure !== null ? failures.get(failure) : undefined
    const args = [message, extra, ...rest] as const
    return failed === undefined ? Reflect.apply(error, this, args) : withContext(failed, error, this, ...args)
  }
}

interface Begun {
  readonly context: Context
  readonly end: Processing['end']
}

function handling<Payload>(
  handler: Handler<Payload>,
  begin: (payload: Payload) => Begun,
  failures: WeakMap<object, Context>,
): Handler<Payload> {
  return function (this: unknown, ...args) {
    let begun: Begun
    try {
      begun = begin(args[0])
    } catch {
      return Reflect.apply(handler, this, args)
    }
    const { context, end } = begun
    return withContext(context, async () => {
      try {
        const result = await Reflect.apply(handler, this, args)
        end()
        return result
      } catch (error) {
        if (typeof error === 'object' && error !== null) failures.set(error, context)
        end(error)
        throw error
      }
    })
  }
}

function beginMessage(
  { topic, partition, message }: MessagePayload,
  group: string | undefined,
  parts: KafkaParts,
): Begun {
  const attributes = parts.isTraced()
    ? { ...messageAttributes(message, partition), 'messaging.consumer.group.name': group }
    : undefined
  return parts.messaging.process({ name: 'process', destination: topic, attributes }, message.headers)
}

/**
 * A batch is work of its own, with an ID of its own: what is done for all of its messages is done for none of them.
 *
 * Its iterator cannot make the ID of each message active. What an asynchronous function changes before its first `await` stays changed for whoever
 * called it: what follows a loop would run under the ID of the first message.
 */
function beginBatch({ batch }: BatchPayload, group: string | undefined, parts: KafkaParts): Begun {
  const { topic, partition, messages } = batch
  if (!parts.isTraced())
    return parts.messaging.process({ name: 'process', destination: topic }, undefined, { isNewRun: true })
  const common = { 'messaging.consumer.group.name': group }
  const attributes = {
    ...common,
    'messaging.destination.partition.id': String(partition),
    'messaging.batch.message_count': messages.length,
  }
  const options = { isNewRun: true, links: linksOf(messages) }
  const { context, end } = parts.messaging.process(
    { name: 'process', destination: topic, attributes },
    undefined,
    options,
  )
  const describe = (message: ReceivedMessage) => ({
    name: 'process',
    destination: topic,
    attributes: { ...messageAttributes(message, partition), ...common },
  })
  return { context: setBatch(context, new KafkaBatch(messages, context, describe, parts.messaging)), end }
}

function linksOf(messages: readonly ReceivedMessage[]): readonly Link[] {
  return messages.slice(0, MAX_LINKS).flatMap(({ headers }) => {
    const producer = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers, messageGetter))
    return producer === undefined ? [] : [{ context: producer }]
  })
}
