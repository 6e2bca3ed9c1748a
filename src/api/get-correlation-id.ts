// SPDX-License-Identifier: Apache-2.0
import { context } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import type { CorrelationId } from '../correlation/id.ts'

/**
 * Returns the correlation ID of the active context.
 *
 * @returns the ID, or undefined outside requests and jobs. Never throws.
 *
 * @example
 * ```js
 * import { getCorrelationId } from '@org/correlation'
 *
 * app.get('/orders', (req, res) => res.json({ reference: getCorrelationId() }))
 * ```
 *
 * @public
 */
export function getCorrelationId(): CorrelationId | undefined {
  return getId(context.active())
}
