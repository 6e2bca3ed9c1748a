// SPDX-License-Identifier: Apache-2.0
import type { TextMapGetter } from '@opentelemetry/api'

/**
 * What a field is called in an environment: `x-correlation-id` is `X_CORRELATION_ID`.
 * https://opentelemetry.io/docs/specs/otel/context/env-carriers/#environment-variable-names
 */
export function variableOf(field: string): string {
  return field.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')
}

/** Reads an environment as propagators read headers. A blank value means unset, as everywhere in OpenTelemetry. */
export const envGetter: TextMapGetter<Readonly<Record<string, string | undefined>>> = {
  get(env, field) {
    const value: unknown = env[variableOf(field)]
    // A caller of `start()` may hand in anything; only texts come from a real environment.
    return typeof value === 'string' ? value.trim() || undefined : undefined
  },
  // What is wanted is asked for by its name: an environment has hundreds of others.
  keys: () => [],
}
