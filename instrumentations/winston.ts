// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../src/runtime.ts'
import { patchWinston, type WinstonLogger } from '../src/telemetry/winston-stamp.ts'
import { rememberLogged, sendTransformed, type TransformingLogger } from './winston-otlp.ts'

/** Stamps the records of a copy of winston, counts them, and sends them over OTLP where that is asked for. */
export function instrumentWinston(
  Logger: { readonly prototype: WinstonLogger & TransformingLogger },
  runtime: Runtime,
  sendsLogs: () => boolean,
  mayStillSend: boolean,
): void {
  if (mayStillSend) sendTransformed(Logger.prototype, runtime.config.logField, sendsLogs)
  patchWinston(Logger.prototype, {
    logField: runtime.config.logField,
    isObserved: () => mayStillSend || runtime.metrics.areRead(),
    onRecord(info, present, active) {
      runtime.metrics.log(present)
      if (mayStillSend) rememberLogged(info, active)
    },
  })
}
