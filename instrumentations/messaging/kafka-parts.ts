// SPDX-License-Identifier: Apache-2.0
import type { Messaging } from './messaging.ts'

/** What both ends of kafkajs are given. */
export interface KafkaParts {
  readonly messaging: Messaging
  /** Whether spans are ours to make at this moment. */
  readonly isTraced: () => boolean
  /** Whether the ID goes into headers. */
  readonly isCarried: boolean
  readonly outboundHeaders: readonly string[]
}
