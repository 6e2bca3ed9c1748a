// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../../src/runtime.ts'
import type { LibraryPatches } from '../library-patches.ts'
import type { KafkaParts } from './kafka-parts.ts'
import { instrumentRunner, type RunnerClass } from './kafkajs-consumer.ts'
import { type CreateMessageProducer, instrumentMessageProducer } from './kafkajs-producer.ts'
import { Messaging, type MessagingTracing } from './messaging.ts'

/**
 * Kafka by kafkajs 2. What is patched is inside: transactions send through the same file as `producer.send`, and an instrumentation that
 * the application adds wraps what is outside.
 */
export function kafkajsPatches(runtime: Runtime, tracing: MessagingTracing | undefined): LibraryPatches {
  const parts: KafkaParts = {
    messaging: new Messaging(runtime, 'kafka', tracing),
    isTraced: tracing?.isActive ?? (() => false),
    isCarried: runtime.config.messaging,
    outboundHeaders: runtime.outboundHeaders,
  }
  return {
    required: {
      'kafkajs/src/producer/messageProducer': (exports) =>
        typeof exports === 'function' ? instrumentMessageProducer(exports as CreateMessageProducer, parts) : exports,
      'kafkajs/src/consumer/runner': (exports) => {
        instrumentRunner(exports as RunnerClass, parts)
        return exports
      },
    },
  }
}
