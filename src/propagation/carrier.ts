// SPDX-License-Identifier: Apache-2.0
import { defaultTextMapGetter, type TextMapGetter } from '@opentelemetry/api'

/** From `x-amzn-trace-id` only the `Root=` field is the same along a request's way. */
export const HEADER_AMZN_TRACE_ID = 'x-amzn-trace-id'

/**
 * Reads the values of a field from any carrier. Producers in other languages keep the case of a name, and the
 * default getter is case-sensitive, so a miss looks through the keys.
 */
export function fieldValues(carrier: unknown, name: string, getter: TextMapGetter): readonly string[] {
  let value: unknown = getter.get(carrier, name)
  if (value === undefined || value === null) {
    const key = getter.keys(carrier)?.find((candidate) => candidate !== name && candidate.toLowerCase() === name)
    if (key === undefined) return []
    value = getter.get(carrier, key)
  }
  const values = (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== undefined)
  return name === HEADER_AMZN_TRACE_ID ? values.map(rootOf).filter((text) => text !== undefined) : values
}

/** Reads metadata as brokers hand it over, in bytes: the propagators for trace context and baggage know text only. */
export const messageGetter: TextMapGetter = {
  get(carrier, name) {
    const value: unknown = defaultTextMapGetter.get(carrier, name)
    return Buffer.isBuffer(value) ? value.toString('utf8') : (value as string | string[] | undefined)
  },
  keys: (carrier) => defaultTextMapGetter.keys(carrier),
}

/** Brokers hand over bytes. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  return undefined
}

/** `Self=…;Root=1-67891233-abcdef012345678912345678` → `1-67891233-abcdef012345678912345678`. */
export function rootOf(traceHeader: string): string | undefined {
  for (const field of traceHeader.split(';')) {
    const [key, value] = field.split('=', 2)
    if (key?.trim().toLowerCase() === 'root') return value?.trim()
  }
  return undefined
}
