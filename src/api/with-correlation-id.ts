// SPDX-License-Identifier: Apache-2.0
import { context } from '@opentelemetry/api'
import { putId } from '../propagation/put-id.ts'
import { apiSettings, idFrom } from './settings.ts'

/**
 * Runs a function under a correlation ID.
 *
 * @param id - The ID, from wherever work comes from: a job's data, a file's name. With undefined, or a text that is no
 * well-formed ID, one is generated (`CORRELATION_ID_FORMAT`); the text goes no further.
 * @param fn - Runs at once; what it starts asynchronously has the ID as well.
 * @returns what `fn` returns. Throws only what `fn` throws.
 *
 * @example
 * ```js
 * import { withCorrelationId } from '@org/correlation'
 *
 * setInterval(() => withCorrelationId(undefined, cleanUp), 60_000)
 * ```
 *
 * @public
 */
export function withCorrelationId<Result>(id: string | undefined, fn: () => Result): Result {
  const chosen = idFrom(id)
  return context.with(putId(context.active(), chosen, apiSettings().baggageKey), fn)
}
