// SPDX-License-Identifier: Apache-2.0
import { type Context, diag, ROOT_CONTEXT, type TextMapPropagator } from '@opentelemetry/api'
import { type CorrelationId, parseId } from '../correlation/id.ts'
import { HEADER_CORRELATION_ID } from '../correlation/names.ts'
import { dropBaggageEntry, readBaggageEntry } from '../propagation/baggage-entry.ts'
import { fieldValues } from '../propagation/carrier.ts'
import { envGetter } from '../propagation/env-carrier.ts'
import { putId } from '../propagation/put-id.ts'
import type { Runtime } from '../runtime.ts'
import type { OtelEnv } from './otel-env.ts'

/**
 * The context that an environment carries to a script, as https://opentelemetry.io/docs/specs/otel/context/env-carriers/ spells it: the
 * trace and the baggage that `OTEL_PROPAGATORS` reads (`TRACEPARENT`, `TRACESTATE`, `BAGGAGE`), and the ID. Nothing is made up.
 */
export function contextFromEnv(env: OtelEnv, runtime: Runtime, propagator: TextMapPropagator): Context {
  const { baggageKey } = runtime
  const context = extract(env, propagator)
  const id = idOf(env, runtime)
  if (id !== undefined) return putId(context, id, baggageKey)
  // An entry that is no ID ends here, where the others go on.
  return baggageKey === undefined ? context : dropBaggageEntry(context, baggageKey)
}

function extract(env: OtelEnv, propagator: TextMapPropagator): Context {
  try {
    return propagator.extract(ROOT_CONTEXT, env, envGetter)
  } catch {
    diag.warn('@org/correlation: the trace in the environment could not be read; the ID is read all the same.')
    return ROOT_CONTEXT
  }
}

function idOf(env: OtelEnv, { rules, baggageKey, config }: Runtime): CorrelationId | undefined {
  for (const header of new Set([...config.headers, HEADER_CORRELATION_ID])) {
    const [text] = fieldValues(env, header, envGetter)
    const id = text === undefined ? undefined : parseId(text, rules.idRules)
    if (id !== undefined) return id
  }
  const [baggage] = fieldValues(env, 'baggage', envGetter)
  const entry = baggageKey === undefined ? undefined : readBaggageEntry(baggage, baggageKey)
  return entry === undefined ? undefined : parseId(entry, rules.idRules)
}
