// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from 'node:buffer'
import type { Attributes } from '@opentelemetry/api'

/** What is said of a message: one of the application's, or one that came. */
export interface DescribedMessage {
  readonly key?: unknown
  readonly value?: unknown
  readonly offset?: unknown
}

/** The attributes of https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ that one message has. */
export function messageAttributes({ key, value, offset }: DescribedMessage, partition: unknown): Attributes {
  const hasKey = key !== undefined && key !== null
  return {
    ...(partition !== undefined && { 'messaging.destination.partition.id': String(partition) }),
    ...(hasKey && { 'messaging.kafka.message.key': textOf(key) }),
    ...(hasKey && value === null && { 'messaging.kafka.message.tombstone': true }),
    ...(offset !== undefined && { 'messaging.kafka.offset': Number(offset) }),
  }
}

/** A key of bytes that are no text has no form that everybody would write it in. */
function textOf(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  return Buffer.isBuffer(key) && isUtf8(key) ? key.toString() : undefined
}
