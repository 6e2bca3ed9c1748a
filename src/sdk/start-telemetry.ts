// SPDX-License-Identifier: Apache-2.0
import { diag, type logs, type MeterProvider, type ProxyTracerProvider, type TracerProvider } from '@opentelemetry/api'
import type { Config } from '../config/config.ts'
import type { ApiGlobal } from './api-global.ts'
import { needsFullSdk, startFullSdk } from './full.ts'
import { assembleLean } from './lean.ts'
import { listOf, type OtelEnv } from './otel-env.ts'
import type { Ownership } from './ownership.ts'
import { installShutdown } from './shutdown.ts'
import type { Telemetry } from './telemetry.ts'
import { patchTracersOf } from './tracer-patch.ts'

/** The SDK that was started. */
export interface StartedTelemetry {
  readonly tracerProvider: TracerProvider | undefined
  readonly meterProvider: MeterProvider | undefined
  readonly sendsLogs: boolean
  installShutdown(endAnsweredSpans: () => void): void
}

/** Starts the lean assembly, or the whole SDK where the environment asks for more, unless another SDK is there already. */
export function startTelemetry(
  env: OtelEnv,
  config: Config,
  ownership: Ownership,
  apiGlobal: ApiGlobal,
): StartedTelemetry | undefined {
  if (ownership.isForeign) return undefined
  const telemetry = needsFullSdk(env) ? startFull(env, config, apiGlobal) : assembleLean(env, config)
  if (telemetry.tracerProvider !== undefined) ownership.setOwn(telemetry.tracerProvider)
  if (telemetry.meterProvider !== undefined) apiGlobal.set('metrics', telemetry.meterProvider)
  if (telemetry.loggerProvider !== undefined) apiGlobal.set('logs', telemetry.loggerProvider)
  ownership.whenForeign(() => telemetry.discardTraces())
  const exporters = listOf(env, 'OTEL_LOGS_EXPORTER') ?? []
  return {
    tracerProvider: telemetry.tracerProvider,
    meterProvider: telemetry.meterProvider,
    sendsLogs: exporters.length > 0 && !exporters.includes('none'),
    installShutdown: (endAnsweredSpans) =>
      installShutdown({
        telemetry,
        timeoutMs: config.shutdownTimeoutMs,
        endAnsweredSpans,
        isActive: () => !ownership.isForeign,
      }),
  }
}

/** Lets sdk-node register as the API wants it, takes its providers out again, and puts them behind ours. */
function startFull(env: OtelEnv, config: Config, apiGlobal: ApiGlobal): Telemetry {
  const registered = apiGlobal.collect(() => startFullSdk(env))
  const provider = registered.values.get('trace') as ProxyTracerProvider | undefined
  const tracerProvider = provider?.getDelegate()
  if (tracerProvider !== undefined) patchTracersOf(tracerProvider, config.spanAttribute)
  const sdk = registered.result
  let isShutDown = false
  diag.debug('@org/correlation: started @opentelemetry/sdk-node, because the environment asks for what only it has.')
  return {
    tracerProvider,
    meterProvider: registered.values.get('metrics') as MeterProvider | undefined,
    loggerProvider: registered.values.get('logs') as ReturnType<typeof logs.getLoggerProvider> | undefined,
    hasPending: () => !isShutDown,
    flush() {
      isShutDown = true
      return sdk.shutdown()
    },
    // Its exporters are of any kind; only the lean assembly can hand its queue to a child.
    takeForExit: () => [],
    discardTraces: () => undefined,
  }
}
