// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../src/runtime.ts'
import { patchWinston, type WinstonLogger } from '../src/telemetry/winston-stamp.ts'
import { rememberLogged, sendTransformed, type TransformingLogger } from './winston-otlp.ts'

/** Stamps the records of a copy of winston, counts them, names where the ID was lost, and sends them over OTLP where that is asked for. */
export function instrumentWinston(
  Logger: { readonly prototype: WinstonLogger & TransformingLogger },
  runtime: Runtime,
  sendsLogs: () => boolean,
  mayStillSend: boolean,
): void {
  const { config, lostContext, metrics } = runtime
  if (mayStillSend) sendTransformed(Logger.prototype, config.logField, sendsLogs)
  patchWinston(Logger.prototype, {
    logField: config.logField,
    isObserved: () => mayStillSend || lostContext.isNaming || metrics.areRead(),
    onRecord(info, present, active) {
      metrics.log(present)
      if (!present) lostContext.name('A line is logged')
      if (mayStillSend) rememberLogged(info, active)
    },
  })
}
