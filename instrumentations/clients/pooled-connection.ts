// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import { hiddenField } from '../../src/correlation/hidden-field.ts'
import type { CorrelationId } from '../../src/correlation/id.ts'

type Emit = (this: unknown, ...args: unknown[]) => boolean

/** The ID that a connection of a pool was opened under. */
const openers = hiddenField<CorrelationId>()

/** Remembers on whose behalf a pool opens a connection; called where it does. */
export function rememberOpener(connection: object): void {
  const id = getId(activeContext())
  if (id !== undefined && openers.get(connection) === undefined) openers.set(connection, id)
}

/**
 * A connection of a pool outlives the request that it was opened for. What it emits by itself (an error while it is idle, a notification)
 * comes from its socket, and ran in the context of that request ever after: now in nobody's.
 *
 * @param prototype - Of the library's class of connections; those that no pool opened stay as they are.
 */
export function disownEvents(prototype: object): void {
  // What is inherited is looked up at each event: a library may patch it in the meantime.
  const own = Object.hasOwn(prototype, 'emit') ? ((prototype as EventEmitter).emit as Emit) : undefined
  const parent = Object.getPrototypeOf(prototype) as { readonly emit: Emit }
  const emit: Emit = function (this: unknown, ...args) {
    const original = own ?? parent.emit
    const opener = openers.get(this as object)
    // Whoever uses the connection meanwhile may cause an event too, within a call: that one stays the caller's.
    if (opener === undefined || getId(activeContext()) !== opener) return original.apply(this, args)
    return withContext(ROOT_CONTEXT, original as (...args: unknown[]) => boolean, this, ...args)
  }
  Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
}
