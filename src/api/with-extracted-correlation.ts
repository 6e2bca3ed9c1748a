// SPDX-License-Identifier: Apache-2.0
import { context, propagation } from '@opentelemetry/api'
import { messageGetter } from '../propagation/carrier.ts'
import { CorrelationPropagator } from '../propagation/propagator.ts'
import { apiSettings } from './settings.ts'

/**
 * Runs a function under the correlation ID and trace context that message metadata carries.
 *
 * @param carrier - The metadata that `injectCorrelation`, or a service in another language, has written. Without a
 * well-formed ID in it the active one stays in force, and where there is none one is generated.
 * @param fn - Runs at once; what it starts asynchronously has the ID as well.
 * @returns what `fn` returns. Throws only what `fn` throws.
 *
 * @public
 */
export function withExtractedCorrelation<Result>(
  carrier: Readonly<Record<string, unknown>> | null | undefined,
  fn: () => Result,
): Result {
  const metadata = carrier ?? {}
  const { rules, headers, outboundHeaders, baggageKey } = apiSettings()
  const extracted = propagation.extract(context.active(), metadata, messageGetter)
  // Without the preload the global propagator does not know of the ID.
  const own = new CorrelationPropagator(undefined, { rules, headers, outboundHeaders, baggageKey })
  return context.with(own.extract(extracted, metadata, messageGetter), fn)
}
