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
  // The parser walks and decodes every entry, keys as well; most headers do not have ours.
  if (header === undefined || !(header.includes(key) || header.includes('%'))) return undefined
  const first = firstValue(header, key)
  if (first !== undefined) return first
  const context = w3c.extract(ROOT_CONTEXT, { baggage: header }, getter)
  return propagation.getBaggage(context)?.getEntry(key)?.value
}

/**
 * The value where the entry stands first and needs no decoding, which is how we write it. A second one with the key, which
 * may be encoded, would be the one that counts.
 */
function firstValue(header: string, key: string): string | undefined {
  if (!header.startsWith(key) || header[key.length] !== '=') return undefined
  if (header.includes('%') || header.includes(key, key.length)) return undefined
  const comma = header.indexOf(',')
  const end = comma === -1 ? header.length : comma
  const value = header.slice(key.length + 1, end)
  return end <= MAX_PAIR && PLAIN.test(value) ? value : undefined
}

const MAX_PAIR = 4096
/** Nothing that the parser trims or splits at. */
const PLAIN = /^[\w.:@=+/~-]+$/

/** Returns a context whose baggage begins with the correlation ID: limits drop the last entries first. */
export function putBaggageEntry(context: Context, key: string, id: CorrelationId): Context {
  return propagation.setBaggage(context, withEntryFirst(propagation.getBaggage(context), key, id))
}

/** Returns a baggage that begins with the correlation ID. */
export function withEntryFirst(baggage: Baggage | undefined, key: string, id: CorrelationId): Baggage {
  const known = baggage?.getAllEntries() ?? []
  const [first] = known
  // Read from the request's own header, where whoever sent it put it first, too.
  if (baggage !== undefined && first?.[0] === key && first[1].value === id && first[1].metadata === undefined)
    return baggage
  // Without a prototype, so that a key named `__proto__` is an entry like any other.
  const entries: Record<string, BaggageEntry> = Object.create(null)
  entries[key] = { value: id }
  for (const [name, entry] of known) if (name !== key) entries[name] = entry
  return propagation.createBaggage(entries)
}

/** What a context's baggage is without our entry, where that is still to be put in; null for none. */
export const KEY_BAGGAGE_BEHIND = Symbol('@org/correlation.baggage-behind')

/** Returns a context whose baggage does not have the entry, to be read once. */
export function dropBaggageEntry(context: Context, key: string): Context {
  const behind = context.getValue(KEY_BAGGAGE_BEHIND) as Baggage | null | undefined
  if (behind === null) return withBaggage(context, undefined)
  const baggage = behind ?? propagation.getBaggage(context)
  if (baggage?.getEntry(key) === undefined) return behind === undefined ? context : withBaggage(context, baggage)
  return withBaggage(context, baggage.removeEntry(key))
}

/** Puts the entry first in a `baggage` header and takes out what stood there under the same key. */
export function prependToBaggageHeader(header: string | undefined, key: string, id: CorrelationId): string {
  const entry = `${key}=${UNRESERVED.test(id) ? id : encodeURIComponent(id)}`
  const rest = removeFromBaggageHeader(header, key)
  return rest === undefined ? entry : `${entry},${rest}`
}

/** What `encodeURIComponent` leaves as it is: most IDs are nothing else. */
const UNRESERVED = /^[\w.!~*'()-]*$/

/** Takes the entry out of a `baggage` header and leaves the others byte for byte; undefined when none is left. */
export function removeFromBaggageHeader(header: string | undefined, key: string): string | undefined {
  if (header === undefined || header.trim() === '') return undefined
  if (!header.includes(key)) return header
  let rest: string | undefined
  // What stays is cut out in runs, not member by member.
  let kept = 0
  for (let start = 0; start <= header.length; ) {
    const comma = header.indexOf(',', start)
    const end = comma === -1 ? header.length : comma
    if (isMember(header, start, end, key)) {
      if (start > kept) rest = joined(rest, header.slice(kept, start - 1))
      kept = end + 1
    }
    start = end + 1
  }
  return kept <= header.length ? joined(rest, header.slice(kept)) : rest
}

function joined(before: string | undefined, members: string): string {
  return before === undefined ? members : `${before},${members}`
}

/** Whether the member of the list between the two places has the key. */
function isMember(header: string, start: number, end: number, key: string): boolean {
  if (end - start < key.length) return false
  const member = header.slice(start, end)
  const equals = member.indexOf('=')
  return (equals === -1 ? member : member.slice(0, equals)).trim() === key
}
