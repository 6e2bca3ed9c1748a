// SPDX-License-Identifier: Apache-2.0
import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { diagLogLevelFromString } from '@opentelemetry/core'
import { type OtelEnv, textOf } from './otel-env.ts'

/** Sends OpenTelemetry's diagnostics to the console where `OTEL_LOG_LEVEL` is set, as its SDK does; returns whether that is down to `debug`. */
export function setDiagLogger(env: OtelEnv): boolean {
  const level = diagLogLevelFromString(textOf(env, 'OTEL_LOG_LEVEL'))
  if (level !== undefined) diag.setLogger(new DiagConsoleLogger(), { logLevel: level, suppressOverrideMessage: true })
  return level !== undefined && level >= DiagLogLevel.DEBUG
}
