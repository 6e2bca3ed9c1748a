// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from '../src/correlation/request-state.ts'

/**
 * The most recent requests whose headers we rewrote, by the ID that we wrote. A proxy that forwards `req.headers` from
 * a queue or a pool may have lost its context, and what we wrote must not leave with it all the same.
 */
const RECENT = new Map<string, RequestState>()
const CAPACITY = 4096

/** Remembers a request whose headers say what they did not say on the wire. */
export function rememberForwardable(state: RequestState): void {
  if (state.rewritten === undefined) return
  RECENT.set(state.id, state)
  if (RECENT.size > CAPACITY) {
    for (const oldest of RECENT.keys()) {
      RECENT.delete(oldest)
      break
    }
  }
}

/** What stood in a header before we wrote `value` into it; `found` is false where we did not. */
export interface Restored {
  readonly found: boolean
  readonly value: string | undefined
}

const NOT_OURS: Restored = { found: false, value: undefined }

/** Looks up the client's own value of an outbound header that has a value of ours. */
export function originalOf(name: string, value: string, state: RequestState | undefined): Restored {
  const candidate = state !== undefined && state.id === value ? state : RECENT.get(value)
  if (candidate?.rewritten === undefined || !candidate.rewritten.has(name)) return NOT_OURS
  return { found: true, value: candidate.rewritten.get(name) }
}
