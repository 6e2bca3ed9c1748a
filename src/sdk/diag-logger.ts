// SPDX-License-Identifier: Apache-2.0
import { DiagConsoleLogger, diag } from '@opentelemetry/api'
import { diagLogLevelFromString } from '@opentelemetry/core'
import { type OtelEnv, textOf } from './otel-env.ts'

/** Sends OpenTelemetry's diagnostics to the console where `OTEL_LOG_LEVEL` is set, as its SDK does. */
export function setDiagLogger(env: OtelEnv): void {
  const level = diagLogLevelFromString(textOf(env, 'OTEL_LOG_LEVEL'))
  if (level !== undefined) diag.setLogger(new DiagConsoleLogger(), { logLevel: level, suppressOverrideMessage: true })
}
