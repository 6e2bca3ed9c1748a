// SPDX-License-Identifier: Apache-2.0
import type { Context } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { hiddenField } from '../../src/correlation/hidden-field.ts'
import { bindCallback, withBoundCallbacks } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import type { Method } from '../patch-method.ts'
import { patchOwnMethod, prototypeOf } from './own-method.ts'
import { disownEvents, rememberOpener } from './pooled-connection.ts'

/** What a client calls on its query as the answer comes in. */
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

/** A query of pg itself, or what pg-cursor, pg-query-stream and pg-copy-streams have in its place. */
interface Query {
  readonly _events?: Readonly<Record<string, unknown>>
}

interface Client {
  readonly _queryQueue?: readonly Query[]
  /** Until 8.16. */
  readonly queryQueue?: readonly Query[]
}

interface Pool {
  readonly _clients?: readonly object[]
}

/** The context that a query was made in. */
const callers = hiddenField<Context>()

/**
 * Keeps what pg calls back for its caller: a connection that requests share calls from its socket, whose context is that of the request that
 * opened it, and a pool calls those who wait from the request that gives a connection back.
 *
 * Not by `Client.prototype.query`: OpenTelemetry's instrumentation wraps that one twice, as it no longer finds its own mark on it, and makes two
 * spans of each query.
 */
export function pgPatches(): LibraryPatches {
  return { required: { 'pg/lib/query': patchQuery, 'pg/lib/client': patchClient, 'pg-pool': patchPool } }
}

function patchClient(exports: unknown): unknown {
  const prototype = prototypeOf(exports) as object
  // `query` ends in it, in the caller's context, with the new query at the end of the queue.
  patchOwnMethod(prototype, '_pulseQueryQueue', (pulse) => {
    return function (...args) {
      adoptLast(this as Client)
      return pulse.apply(this, args)
    }
  })
  patchOwnMethod(prototype, 'end', withBoundCallbacks)
  disownEvents(prototype)
  return exports
}

function patchPool(exports: unknown): unknown {
  const prototype = prototypeOf(exports)
  patchOwnMethod(prototype, 'connect', withBoundCallbacks)
  patchOwnMethod(prototype, 'end', withBoundCallbacks)
  patchOwnMethod(prototype, 'newClient', (newClient) => {
    return function (...args) {
      const result = newClient.apply(this, args)
      const client = (this as Pool)._clients?.at(-1)
      if (client !== undefined) rememberOpener(client)
      return result
    }
  })
  return exports
}

/** Where pg's own query calls the callback, or settles the promise, and emits. */
function patchQuery(exports: unknown): unknown {
  const prototype = prototypeOf(exports)
  patchOwnMethod(prototype, 'handleReadyForQuery', inCallers)
  patchOwnMethod(prototype, 'handleError', inCallers)
  patchOwnMethod(prototype, 'handleDataRow', (handle) => {
    const handleOwn = inCallers(handle)
    return function (...args) {
      const isHeard = (this as Query)._events?.['row'] !== undefined
      return isHeard ? handleOwn.apply(this, args) : handle.apply(this, args)
    }
  })
  if (prototype !== undefined) ownQueries.add(prototype as object)
  return exports
}

function inCallers(handle: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const caller = callers.get(this as object)
    if (caller === undefined || caller === activeContext()) return handle.apply(this, args)
    return withContext(caller, handle, this, ...args)
  }
}

function adoptLast(client: Client): void {
  try {
    const { _queryQueue: queue = client.queryQueue } = client
    const query = queue?.at(-1)
    if (query !== undefined && callers.get(query) === undefined) adopt(query)
  } catch {
    // It is called back where it was without us.
  }
}

const ownQueries = new WeakSet<object>()

function adopt(query: Query): void {
  callers.set(query, activeContext())
  if (ownQueries.has(Object.getPrototypeOf(query))) return
  // Somebody else's class: each object is for one query only.
  for (const name of HANDLERS) {
    const handler: unknown = Reflect.get(query, name)
    if (typeof handler !== 'function') continue
    const value = bindCallback(handler as (...args: unknown[]) => unknown)
    Object.defineProperty(query, name, { value, writable: true, configurable: true, enumerable: false })
  }
}
