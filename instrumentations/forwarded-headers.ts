// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from '../src/correlation/request-state.ts'
import { type Originals, UnreadOriginals } from './unread-originals.ts'

/**
 * What stood in the headers of the most recent requests before we wrote into them, by the ID that we wrote. A proxy that
 * forwards `req.headers` from a queue or a pool may have lost its context, and what we wrote must not leave with it all the same.
 */
let recent = new Map<string, Originals>()
let older = new Map<string, Originals>()

/** Two generations of this size at most: taking the oldest entry out at each request shows in profiles. */
const GENERATION = 4096

/** A longer value is taken out instead of restored: a stranger must not fill the memory with what it sends. */
const MAX_KEPT_LENGTH = 256

/** Remembered and not looked up yet: most applications never do, and filling a Map at each request shows in profiles as well. */
let unread = new UnreadOriginals(GENERATION)
let olderUnread = new UnreadOriginals(GENERATION)

/** Remembers a request whose headers say what they did not say on the wire. */
export function rememberForwardable(state: RequestState): void {
  if (state.rewritten === undefined) return
  unread.add(state.id, withoutLong(state.rewritten))
  if (!unread.isFull) return
  const emptied = olderUnread
  emptied.clear()
  olderUnread = unread
  unread = emptied
}

function find(id: string): Originals | undefined {
  olderUnread.drain(add)
  unread.drain(add)
  return recent.get(id) ?? older.get(id)
}

function add(id: string, originals: Originals): void {
  const others = recent.get(id) ?? older.get(id)
  recent.set(id, others === undefined ? originals : merge(others, originals))
  if (recent.size < GENERATION) return
  older = recent
  recent = new Map()
}

let lastShort: Originals | undefined

function withoutLong(originals: Originals): Originals {
  // Nearly all requests share one.
  if (originals === lastShort) return originals
  for (const value of originals.values()) {
    if (value === undefined || value.length <= MAX_KEPT_LENGTH) continue
    const kept = [...originals].map(
      ([name, each]) => [name, (each?.length ?? 0) > MAX_KEPT_LENGTH ? undefined : each] as const,
    )
    return new Map(kept)
  }
  lastShort = originals
  return originals
}

/** Clients use an ID for several requests. Where these differ nobody gets the value of another: it is taken out. */
function merge(first: Originals, second: Originals): Originals {
  const merged = new Map(first)
  for (const [name, value] of second) {
    merged.set(name, merged.has(name) && merged.get(name) !== value ? undefined : value)
  }
  return merged
}

/** What stood in a header before we wrote `value` into it; `found` is false where we did not. */
export interface Restored {
  readonly found: boolean
  readonly value: string | undefined
}

const NOT_OURS: Restored = { found: false, value: undefined }

/** Looks up the client's own value of an outbound header that has a value of ours. */
export function originalOf(name: string, value: string, state: RequestState | undefined): Restored {
  const originals = state !== undefined && state.id === value ? state.rewritten : find(value)
  if (originals === undefined || !originals.has(name)) return NOT_OURS
  return { found: true, value: originals.get(name) }
}
