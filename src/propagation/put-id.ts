// SPDX-License-Identifier: Apache-2.0
import type { Context } from '@opentelemetry/api'
import { setId } from '../correlation/context.ts'
import type { CorrelationId } from '../correlation/id.ts'
import { putBaggageEntry } from './baggage-entry.ts'

/** Returns a context with the ID, and with the entry for it first in its baggage, where there is a key (`CORRELATION_BAGGAGE_KEY`). */
export function putId(context: Context, id: CorrelationId, baggageKey: string | undefined): Context {
  const own = setId(context, id)
  return baggageKey === undefined ? own : putBaggageEntry(own, baggageKey, id)
}
