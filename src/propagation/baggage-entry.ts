// SPDX-License-Identifier: Apache-2.0
import { type Baggage, type BaggageEntry, type Context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import type { CorrelationId } from '../correlation/id.ts'
import { withBaggage } from './context-view.ts'

const w3c = new W3CBaggagePropagator()
const getter = {
  get: (carrier: { readonly baggage: string }) => carrier.baggage,
  keys: () => ['baggage'],
}

/**
 * Reads one entry of a `baggage` header with the W3C parser and its limits
 * (180 entries, 4,096 bytes a pair, 8,192 in all).
 */
export function readBaggageEntry(header: string | undefined, key: string): string | undefined {
  // The parser walks and decodes every entry; most headers do not have ours.
  if (header === undefined || !header.includes(key)) return undefined
  const context = w3c.extract(ROOT_CONTEXT, { baggage: header }, getter)
  return propagation.getBaggage(context)?.getEntry(key)?.value
}

/** Returns a context whose baggage begins with the correlation ID: limits drop the last entries first. */
export function putBaggageEntry(context: Context, key: string, id: CorrelationId): Context {
  return propagation.setBaggage(context, withEntryFirst(propagation.getBaggage(context), key, id))
}

function withEntryFirst(baggage: Baggage | undefined, key: string, id: CorrelationId): Baggage {
  if (baggage === undefined) return propagation.createBaggage({ [key]: { value: id } })
  // Without a prototype, so that a key named `__proto__` is an entry like any other.
  const entries: Record<string, BaggageEntry> = Object.create(null)
  entries[key] = { value: id }
  if (baggage !== undefined) {
    for (const [name, entry] of baggage.getAllEntries()) if (name !== key) entries[name] = entry
  }
  return propagation.createBaggage(entries)
}

/** Returns a context whose baggage does not have the entry, to be read once. */
export function dropBaggageEntry(context: Context, key: string): Context {
  const baggage = propagation.getBaggage(context)
  if (baggage?.getEntry(key) === undefined) return context
  return withBaggage(context, baggage.removeEntry(key))
}

/** What nearly all IDs are, and encoding leaves as it is; looking is cheaper. */
const UNRESERVED = /^[A-Za-z0-9_.-]+$/

/** Puts the entry first in a `baggage` header and takes out what stood there under the same key. */
export function prependToBaggageHeader(header: string | undefined, key: string, id: CorrelationId): string {
  const entry = `${key}=${UNRESERVED.test(id) ? id : encodeURIComponent(id)}`
  const rest = removeFromBaggageHeader(header, key)
  return rest === undefined ? entry : `${entry},${rest}`
}

/** Takes the entry out of a `baggage` header and leaves the others byte for byte; undefined when none is left. */
export function removeFromBaggageHeader(header: string | undefined, key: string): string | undefined {
  if (header === undefined || header.trim() === '') return undefined
  if (!header.includes(key)) return header
  const members = header.split(',').filter((member) => member.split('=', 1)[0]?.trim() !== key)
  return members.length === 0 ? undefined : members.join(',')
}
