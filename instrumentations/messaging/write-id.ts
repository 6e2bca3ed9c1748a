// SPDX-License-Identifier: Apache-2.0
import type { TextMapSetter } from '@opentelemetry/api'
import type { CorrelationId } from '../../src/correlation/id.ts'
import { prependToBaggageHeader } from '../../src/propagation/baggage-entry.ts'
import { fieldValues, messageGetter } from '../../src/propagation/carrier.ts'
import type { Runtime } from '../../src/runtime.ts'

/** Writes an ID under each outbound name, and first into the baggage that is there. */
export function writeId<Carrier>(
  { outboundHeaders, baggageKey }: Runtime,
  carrier: Carrier,
  id: CorrelationId,
  setter: TextMapSetter<Carrier>,
): void {
  for (const name of outboundHeaders) setter.set(carrier, name, id)
  if (baggageKey === undefined) return
  const [present] = fieldValues(carrier, 'baggage', messageGetter)
  setter.set(carrier, 'baggage', prependToBaggageHeader(present, baggageKey, id))
}

/** As {@link writeId}, and under each name that the ID in force may be read from. */
export function replaceId<Carrier>(
  runtime: Runtime,
  carrier: Carrier,
  id: CorrelationId,
  setter: TextMapSetter<Carrier>,
): void {
  for (const name of runtime.config.headers) {
    if (fieldValues(carrier, name, messageGetter).length > 0) setter.set(carrier, name, id)
  }
  writeId(runtime, carrier, id, setter)
}
