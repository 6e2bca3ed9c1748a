// SPDX-License-Identifier: Apache-2.0
import { type Context, createContextKey } from '@opentelemetry/api'
import type { CorrelationId } from './id.ts'

/**
 * The key readers use: one lookup, where a baggage entry takes two and a copy.
 * `createContextKey` is `Symbol.for`, so every copy of this package and of the API sees the same value.
 */
export const KEY_CORRELATION_ID = createContextKey('@org/correlation.id')

/** Reads the correlation ID of a context. */
export function getId(context: Context): CorrelationId | undefined {
  return context.getValue(KEY_CORRELATION_ID) as CorrelationId | undefined
}

/** Returns a context that has the correlation ID. */
export function setId(context: Context, id: CorrelationId): Context {
  return context.setValue(KEY_CORRELATION_ID, id)
}

/** Returns a context without a correlation ID. */
export function deleteId(context: Context): Context {
  return context.deleteValue(KEY_CORRELATION_ID)
}
