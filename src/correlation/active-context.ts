// SPDX-License-Identifier: Apache-2.0
import { type Context, type ContextManager, context } from '@opentelemetry/api'

type Manager = Pick<ContextManager, 'active' | 'with'>

/** The API finds its manager anew at each call, which takes longer than what the manager then does. */
let manager: Manager = context

/** Names the context manager that the API would find. */
export function setContextManager(current: Manager): void {
  manager = current
}

/** The active context. */
export function activeContext(): Context {
  return manager.active()
}

/** Runs a function in a context. */
export function withContext<Arguments extends unknown[], Result>(
  active: Context,
  run: (...args: Arguments) => Result,
  self?: unknown,
  ...args: Arguments
): Result {
  return manager.with(active, run as (...args: unknown[]) => Result, self as undefined, ...args)
}
