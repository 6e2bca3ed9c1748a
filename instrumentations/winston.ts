// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../src/runtime.ts'
import { patchWinston, type WinstonLogger } from '../src/telemetry/winston-stamp.ts'
import { type ConfigurableLogger, patchConfigure, rememberContext } from './winston-otlp.ts'

/** Stamps the records of a copy of winston, counts them, and sends them over OTLP where that is asked for. */
export function instrumentWinston(
  Logger: { readonly prototype: WinstonLogger & ConfigurableLogger },
  runtime: Runtime,
  sendsLogs: () => boolean,
  mayStillSend: boolean,
): void {
  if (mayStillSend) patchConfigure(Logger.prototype, sendsLogs)
  patchWinston(Logger.prototype, {
    logField: runtime.config.logField,
    onRecord(info, present) {
      runtime.metrics.log(present)
      if (mayStillSend) rememberContext(info)
    },
  })
}
