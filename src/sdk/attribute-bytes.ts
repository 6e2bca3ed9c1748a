// SPDX-License-Identifier: Apache-2.0
import { AttributeCache } from './attribute-cache.ts'
import type { ProtobufBytes } from './protobuf-bytes.ts'

/** The fields of https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/common/v1/common.proto. */
const KEY = 0x0a
const VALUE = 0x12
const STRING_VALUE = 0x0a
const BOOL_VALUE = 0x10
const INT_VALUE = 0x18
const DOUBLE_VALUE = 0x21
const ARRAY_VALUE = 0x2a
const KVLIST_VALUE = 0x32
const BYTES_VALUE = 0x3a
/** `values` of an array, and of a list of pairs. */
const VALUES = 0x0a

const INT64_END = 2 ** 63

/** V8 makes less of `Object.hasOwn` in such a loop. */
const { hasOwnProperty: hasOwn } = Object.prototype

/** Writes each own property as a `KeyValue` field. */
export function writeAttributes(out: ProtobufBytes, tag: number, attributes: object): void {
  for (const key in attributes) {
    if (hasOwn.call(attributes, key)) writeKeyValue(out, tag, key, (attributes as Record<string, unknown>)[key])
  }
}

/** The tag of a span's attributes; the bytes that are kept begin with it. */
const SPAN_ATTRIBUTES = 0x4a

const cache = new AttributeCache()

/** The same for a span, most of whose attributes the span before it had too. */
export function writeSpanAttributes(out: ProtobufBytes, attributes: object): void {
  for (const key in attributes) {
    if (!hasOwn.call(attributes, key)) continue
    const value = (attributes as Record<string, unknown>)[key]
    const known = cache.find(key, value)
    if (known !== undefined) {
      out.raw(known)
      continue
    }
    const start = out.position
    writeKeyValue(out, SPAN_ATTRIBUTES, key, value)
    if (cache.wants(key, value)) cache.keep(key, value, out.copyFrom(start))
  }
}

function writeKeyValue(out: ProtobufBytes, tag: number, key: string, value: unknown): void {
  const likelyValue = likelySize(value)
  const likely = likelyValue + key.length + 4
  const start = out.begin(tag, likely)
  out.text(KEY, key)
  const valueStart = out.begin(VALUE, likelyValue)
  writeAnyValue(out, value)
  out.end(valueStart, likelyValue)
  out.end(start, likely)
}

/** Of the `AnyValue`; right for ASCII. */
function likelySize(value: unknown): number {
  if (typeof value === 'string') return value.length + (value.length < 128 ? 2 : 3)
  return typeof value === 'object' ? 100 : 9
}

/** What has no type of its own there (null, undefined, a function) is the empty value. */
function writeAnyValue(out: ProtobufBytes, value: unknown): void {
  switch (typeof value) {
    case 'string':
      out.text(STRING_VALUE, value)
      break
    case 'boolean':
      out.integer(BOOL_VALUE, value ? 1 : 0)
      break
    case 'number':
      if (Number.isInteger(value) && value >= -INT64_END && value < INT64_END) out.integer(INT_VALUE, value)
      else out.double(DOUBLE_VALUE, value)
      break
    case 'object':
      if (value !== null) writeObject(out, value)
  }
}

function writeObject(out: ProtobufBytes, value: object): void {
  if (value instanceof Uint8Array) {
    out.binary(BYTES_VALUE, value)
    return
  }
  const likely = 100
  const isArray = Array.isArray(value)
  const start = out.begin(isArray ? ARRAY_VALUE : KVLIST_VALUE, likely)
  if (isArray) {
    for (const item of value) {
      const likelyItem = likelySize(item)
      const itemStart = out.begin(VALUES, likelyItem)
      writeAnyValue(out, item)
      out.end(itemStart, likelyItem)
    }
  } else writeAttributes(out, VALUES, value)
  out.end(start, likely)
}
