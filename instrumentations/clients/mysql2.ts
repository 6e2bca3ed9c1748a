// SPDX-License-Identifier: Apache-2.0
import type { Context } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { hiddenField } from '../../src/correlation/hidden-field.ts'
import { bindCallback, withBoundCallbacks } from '../bound-callback.ts'
import type { LibraryPatches } from '../library-patches.ts'
import type { Method } from '../patch-method.ts'
import { patchOwnMethod, prototypeOf } from './own-method.ts'
import { disownEvents, rememberOpener } from './pooled-connection.ts'

/** A command that waits for its turn on a connection: a query, a ping, a prepared statement. */
interface Command {
  onResult?: unknown
  readonly _events?: Readonly<Record<PropertyKey, unknown>>
}

/** The context that a command was given in. */
const callers = hiddenField<Context>()

/**
 * Keeps what mysql2 calls back, and what its queries emit, for the caller: a connection calls from its socket, whose context is that of the
 * request that opened it, and a pool calls those who wait from the request that gives a connection back. Promises need nothing.
 *
 * Each command passes `addCommand`, whichever method made it, and in a pool within the callback of `getConnection`, which is the caller's by
 * then. Versions before 3.11 have the two classes in other files.
 */
export function mysql2Patches(): LibraryPatches {
  return {
    required: {
      'mysql2/lib/base/connection': patchConnection,
      'mysql2/lib/connection': patchConnection,
      'mysql2/lib/base/pool': patchPool,
      'mysql2/lib/pool': patchPool,
      'mysql2/lib/pool_connection': patchPooled,
      'mysql2/lib/commands/command': patchCommand,
    },
  }
}

function patchConnection(exports: unknown): unknown {
  const prototype = prototypeOf(exports)
  patchOwnMethod(prototype, 'addCommand', (addCommand) => {
    return function (command, ...rest) {
      adopt(command)
      return addCommand.call(this, command, ...rest)
    }
  })
  patchOwnMethod(prototype, 'connect', (connect) => {
    const connectBound: Method = withBoundCallbacks(connect)
    return function (...args) {
      // A pool calls it in the stretch that opens the connection.
      if ((this as { readonly _pool?: unknown })._pool != null) rememberOpener(this as object)
      return connectBound.apply(this, args)
    }
  })
  return exports
}

function patchPool(exports: unknown): unknown {
  patchOwnMethod(prototypeOf(exports), 'getConnection', withBoundCallbacks)
  return exports
}

function patchPooled(exports: unknown): unknown {
  disownEvents(prototypeOf(exports) as object)
  return exports
}

function adopt(command: unknown): void {
  try {
    callers.set(command as object, activeContext())
    const { onResult } = command as Command
    if (typeof onResult !== 'function') return
    ;(command as Command).onResult = bindCallback(onResult as (...args: unknown[]) => unknown)
  } catch {
    // It is called back where it was without us.
  }
}

/** Listeners of a command; most have none, and pass what they get to the callback. */
function patchCommand(exports: unknown): unknown {
  const prototype = prototypeOf(exports) as { emit: Method }
  const parent = Object.getPrototypeOf(prototype) as { readonly emit: Method }
  const emit: Method = function (this: unknown, ...args) {
    const caller = callers.get(this as object)
    const isHeard = (this as Command)._events?.[args[0] as string] !== undefined
    if (!isHeard || caller === undefined || caller === activeContext()) return parent.emit.apply(this, args)
    return withContext(caller, parent.emit, this, ...args)
  }
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
  return exports
}
