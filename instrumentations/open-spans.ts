// SPDX-License-Identifier: Apache-2.0
import { endOpenMessages } from './messaging/open-messages.ts'
import { endAnsweredSpans } from './open-responses.ts'

/** Ends the spans that would otherwise be lost as the process ends: those of answered requests, and of messages that are still being handled. */
export function endOpenSpans(): void {
  endAnsweredSpans()
  endOpenMessages()
}
