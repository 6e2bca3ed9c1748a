// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Context } from '@opentelemetry/api'
import { withContext } from '../../src/correlation/active-context.ts'
import { attempt } from './attempt.ts'

/** What was begun, and ends with a promise of the library. */
interface Begun {
  readonly context: Context
  end(error?: unknown, attributes?: Attributes): void
}

/**
 * Runs the library's own function, once, in the context of what was begun, and ends that when its promise settles.
 *
 * @param run - Calls the library's function with the arguments of its caller.
 * @param describe - What is known of the result.
 * @returns a promise that settles as the library's does. Not that one itself: it would count as handled, and a rejection that the application
 * forgot to handle would end in silence.
 */
export function runUntilSettled<Result>(
  begun: Begun | undefined,
  run: () => Promise<Result>,
  describe?: (result: Result) => Attributes | undefined,
): Promise<Result> {
  if (begun === undefined) return run()
  let running: Promise<Result>
  try {
    running = withContext(begun.context, run)
  } catch (error) {
    begun.end(error)
    throw error
  }
  if (typeof running?.then !== 'function') {
    begun.end()
    return running
  }
  return running.then(
    (result) => {
      begun.end(undefined, describe && attempt(() => describe(result)))
      return result
    },
    (error: unknown) => {
      begun.end(error)
      throw error
    },
  )
}
