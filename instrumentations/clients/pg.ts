// SPDX-License-Identifier: Apache-2.0
import type { LibraryPatches } from '../library-patches.ts'
import { bindCallback, bindCallbacks, withBoundCallbacks } from './bound-callback.ts'
import { patchMethod, prototypeOf } from './patched-method.ts'
import { disownEvents, rememberOpener } from './pooled-connection.ts'

/** What a client calls on its query as the answer comes in: pg's own, and those of pg-cursor, pg-query-stream and pg-copy-streams. */
const HANDLERS = [
  'handleRowDescription',
  'handleDataRow',
  'handlePortalSuspended',
  'handleEmptyQuery',
  'handleCommandComplete',
  'handleCopyInResponse',
  'handleCopyData',
  'handleReadyForQuery',
  'handleError',
] as const

type Submittable = Record<string, unknown> & { readonly submit: unknown }

interface PgPool {
  readonly _clients?: readonly object[]
}

/**
 * Keeps what pg calls back for its caller: a connection that requests share calls from its socket, whose context is that of the request that
 * opened it, and a pool calls those who wait from the request that gives a connection back. Promises need nothing.
 */
export function pgPatches(): LibraryPatches {
  return {
    required: {
      'pg/lib/client': (exports) => {
        const prototype = prototypeOf(exports) as object
        patchMethod(prototype, 'query', (query) => {
          return function (...args) {
            return query.apply(this, ownQuery(args))
          }
        })
        patchMethod(prototype, 'end', withBoundCallbacks)
        disownEvents(prototype)
        return exports
      },
      'pg-pool': (exports) => {
        const prototype = prototypeOf(exports)
        patchMethod(prototype, 'connect', withBoundCallbacks)
        patchMethod(prototype, 'end', withBoundCallbacks)
        patchMethod(prototype, 'newClient', (newClient) => {
          return function (...args) {
            const result = newClient.apply(this, args)
            const client = (this as PgPool)._clients?.at(-1)
            if (client !== undefined) rememberOpener(client)
            return result
          }
        })
        return exports
      },
    },
  }
}

/** The arguments of `client.query(config, values, callback)`. */
function ownQuery(args: unknown[]): unknown[] {
  try {
    const [query] = args
    if (isSubmittable(query)) bindHandlers(query)
    return bindCallbacks(args)
  } catch {
    return args
  }
}

function isSubmittable(query: unknown): query is Submittable {
  return typeof query === 'object' && query !== null && typeof (query as Submittable).submit === 'function'
}

/** The object is the application's, and for one query only. */
function bindHandlers(query: Submittable): void {
  for (const name of HANDLERS) {
    const handler = query[name]
    if (typeof handler !== 'function') continue
    const value = bindCallback(handler as (...args: unknown[]) => unknown)
    Object.defineProperty(query, name, { value, writable: true, configurable: true, enumerable: false })
  }
}
