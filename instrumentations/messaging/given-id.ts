// SPDX-License-Identifier: Apache-2.0
import { type Context, propagation, type TextMapGetter, trace } from '@opentelemetry/api'
import { getId } from '../../src/correlation/context.ts'

/**
 * The trace that a message is sent in whose metadata has another ID than the active context: the active one, of a batch that the message comes out of, say;
 * or the one that is given with the ID, of the request that has kept the message until now.
 */
export type SenderTrace = 'active' | 'given'

/** The active context, with the ID in metadata that the application has given where that is a well-formed one. */
export function withGivenId<Carrier>(
  active: Context,
  given: Carrier,
  getter: TextMapGetter<Carrier>,
  from: SenderTrace,
): Context {
  const sent = propagation.extract(active, given, getter)
  if (from === 'given') return getId(sent) === getId(active) ? active : sent
  const span = trace.getSpan(active)
  return span === undefined ? trace.deleteSpan(sent) : trace.setSpan(sent, span)
}
