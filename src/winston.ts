// SPDX-License-Identifier: Apache-2.0
/**
 * A winston format for those who configure their logger by hand.
 *
 * @packageDocumentation
 */
import { createRequire } from 'node:module'
import { context } from '@opentelemetry/api'
import type { Logform } from 'winston'
import { getId } from './correlation/context.ts'
import { LOG_CORRELATION_ID } from './correlation/names.ts'
import { patchWinston, stampState, type WinstonLogger } from './telemetry/winston-stamp.ts'

/** Options of {@link correlationFormat}. */
export interface CorrelationFormatOptions {
  /**
   * The field for the ID. With the preload the field that `CORRELATION_LOG_FIELD` names is there as well.
   * @defaultValue `'correlation_id'`
   */
  readonly field?: string
}

/**
 * Adds the correlation ID to each record.
 *
 * @remarks
 * With the preload records have the field already and this format leaves them alone. Without it the format has winston
 * stamp records as they are logged, because a format itself runs in another request's context once a transport applies
 * backpressure. Only where no copy of winston is stamped, as in a bundle, does it read the active context.
 *
 * @returns a format for `winston.format.combine`. Never throws.
 *
 * @example
 * ```js
 * import winston from 'winston'
 * import { correlationFormat } from '@org/correlation/winston'
 *
 * const logger = winston.createLogger({
 *   format: winston.format.combine(correlationFormat(), winston.format.json()),
 *   transports: [new winston.transports.Console()],
 * })
 * ```
 *
 * @public
 */
export function correlationFormat(options: CorrelationFormatOptions = {}): Logform.Format {
  const field = options.field ?? LOG_CORRELATION_ID
  const state = stampState()
  state.fields.add(field)
  stampWinston()
  return {
    options: {},
    transform(info) {
      if (info[field] !== undefined || state.isStamping) return info
      const id = getId(context.active())
      if (id !== undefined) info[field] = id
      return info
    },
  }
}

function stampWinston(): void {
  try {
    const winston = createRequire(import.meta.url)('winston') as {
      readonly Logger?: { readonly prototype: WinstonLogger }
    }
    if (winston.Logger !== undefined) patchWinston(winston.Logger.prototype, { logField: undefined })
  } catch {
    // winston is an optional peer and may be bundled into the application.
  }
}
