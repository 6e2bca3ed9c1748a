// SPDX-License-Identifier: Apache-2.0
import type { Context, ContextManager } from '@opentelemetry/api'
import { getRequestState, type RequestState, recallState } from '../src/correlation/request-state.ts'

/**
 * Lets what is bound to a request or a response keep the request's ID. instrumentation-http binds both to the context that it
 * runs a handler in, which for an ignored path has none, and each listener of the application then runs in that one: a wrapper
 * around the listener, so that our own `emit` comes too early to help.
 */
export function patchBind(manager: ContextManager, contextFor: (base: Context, state: RequestState) => Context): void {
  const original = manager.bind
  manager.bind = function <T>(this: ContextManager, context: Context, target: T): T {
    const state = recallState(target)
    const own = state === undefined || getRequestState(context) === state ? context : contextFor(context, state)
    return original.call(this, own, target) as T
  }
}
