// SPDX-License-Identifier: Apache-2.0
import { context, defaultTextMapSetter, propagation } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { prependToBaggageHeader } from '../propagation/baggage-entry.ts'
import { apiSettings } from './settings.ts'

/**
 * Writes the correlation ID and the trace context into message metadata.
 *
 * @remarks
 * For transports that no instrumentation covers. It asks no host policy: call it only for a receiver that may know the ID.
 *
 * @param carrier - The metadata; fields are set on it: the header names of `CORRELATION_OUTBOUND_HEADER`, `baggage`, and
 * those of `OTEL_PROPAGATORS`. Outside requests only the latter.
 * @returns the carrier. Never throws on a carrier that can be written to.
 *
 * @public
 */
export function injectCorrelation<Carrier extends Record<string, unknown>>(carrier: Carrier): Carrier {
  const active = context.active()
  propagation.inject(active, carrier, defaultTextMapSetter)
  const id = getId(active)
  if (id === undefined) return carrier
  const { outboundHeaders, baggageKey } = apiSettings()
  const fields = carrier as Record<string, unknown>
  for (const name of outboundHeaders) fields[name] = id
  if (baggageKey !== undefined) {
    const present = typeof fields['baggage'] === 'string' ? fields['baggage'] : undefined
    fields['baggage'] = prependToBaggageHeader(present, baggageKey, id)
  }
  return carrier
}
