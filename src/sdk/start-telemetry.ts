// SPDX-License-Identifier: Apache-2.0
import {
  diag,
  type LoggerProvider,
  type MeterProvider,
  type ProxyTracerProvider,
  type TracerProvider,
} from '@opentelemetry/api'
import type { Config } from '../config/config.ts'
import type { ApiGlobal } from './api-global.ts'
import { needsFullSdk, startFullSdk } from './full.ts'
import { assembleLean } from './lean.ts'
import { patchLoggersOf } from './logger-patch.ts'
import type { OtelEnv } from './otel-env.ts'
import type { Ownership } from './ownership.ts'
import { installShutdown } from './shutdown.ts'
import { type Flushable, spanExportersOf } from './span-exporters.ts'
import type { Telemetry } from './telemetry.ts'
import { patchTracersOf } from './tracer-patch.ts'

/** The SDK that was started. */
export interface StartedTelemetry {
  readonly tracerProvider: TracerProvider | undefined
  readonly meterProvider: MeterProvider | undefined
  readonly sendsLogs: boolean
  /** Whether the sampler may look at a span's attributes: a configuration file can name any sampler. */
  readonly samplesByAttributes: boolean
  installShutdown(endAnsweredSpans: () => void): void
}

/**
 * Starts the lean assembly, or the whole SDK where the environment asks for more, unless another SDK is there already.
 *
 * @param report - Gets a sentence where the whole SDK cannot start; correlation goes on without telemetry then.
 * @param say - Gets a sentence about what happens later.
 */
export function startTelemetry(
  env: OtelEnv,
  config: Config,
  ownership: Ownership,
  apiGlobal: ApiGlobal,
  report: (problem: string) => void,
  say: (sentence: string) => void,
): StartedTelemetry | undefined {
  if (ownership.isForeign) return undefined
  const isFull = needsFullSdk(env)
  const telemetry = isFull ? tryFull(env, config, apiGlobal, report) : assembleLean(env, config, say)
  if (telemetry === undefined) return undefined
  if (telemetry.tracerProvider !== undefined) ownership.setOwn(telemetry.tracerProvider)
  if (telemetry.meterProvider !== undefined) apiGlobal.set('metrics', telemetry.meterProvider)
  if (telemetry.loggerProvider !== undefined) apiGlobal.set('logs', telemetry.loggerProvider)
  ownership.whenForeign(() => telemetry.discard())
  return {
    tracerProvider: telemetry.tracerProvider,
    meterProvider: telemetry.meterProvider,
    // Not by `OTEL_LOGS_EXPORTER`: a configuration file may ask for logs as well.
    sendsLogs: telemetry.loggerProvider !== undefined,
    samplesByAttributes: isFull,
    installShutdown: (endAnsweredSpans) =>
      installShutdown({
        telemetry,
        timeoutMs: config.shutdownTimeoutMs,
        endAnsweredSpans,
        isActive: () => !ownership.isForeign,
      }),
  }
}

function tryFull(
  env: OtelEnv,
  config: Config,
  apiGlobal: ApiGlobal,
  report: (problem: string) => void,
): Telemetry | undefined {
  try {
    return startFull(env, config, apiGlobal)
  } catch (error) {
    diag.error('@org/correlation: @opentelemetry/sdk-node could not start.', error)
    report(
      'the environment asks for a configuration file, gRPC, Prometheus or Zipkin, and @opentelemetry/sdk-node, which has them, could not be loaded or started (OTEL_LOG_LEVEL=error says why); no telemetry is sent, and correlation works without it.',
    )
    return undefined
  }
}

/** Lets sdk-node register as the API wants it, takes its providers out again, and puts them behind ours. */
function startFull(env: OtelEnv, config: Config, apiGlobal: ApiGlobal): Telemetry {
  const registered = apiGlobal.collect(() => startFullSdk(env, config.sampleRatio))
  const provider = registered.values.get('trace') as ProxyTracerProvider | undefined
  const tracerProvider = provider?.getDelegate()
  if (tracerProvider !== undefined) patchTracersOf(tracerProvider, config.spanAttribute)
  const meterProvider = registered.values.get('metrics') as MeterProvider | undefined
  const loggerProvider = registered.values.get('logs') as LoggerProvider | undefined
  if (loggerProvider !== undefined) patchLoggersOf(loggerProvider, config.spanAttribute)
  let isFlushed = false
  diag.debug('@org/correlation: started @opentelemetry/sdk-node, because the environment asks for what only it has.')
  return {
    tracerProvider,
    meterProvider,
    loggerProvider,
    // It does not tell whether anything was recorded; its own timers send what comes after the first flush.
    hasPending: () => !isFlushed,
    whenBusy: (listener) => listener(),
    // Not by `NodeSDK.shutdown`: it gives up as soon as one exporter fails, whatever the others still have to send.
    async flush() {
      isFlushed = true
      const providers = [tracerProvider, meterProvider, loggerProvider] as readonly (Flushable | undefined)[]
      await Promise.allSettled(providers.map((each) => each?.forceFlush?.()))
      await Promise.allSettled(spanExportersOf(tracerProvider).map((each) => each.forceFlush?.()))
    },
    // Its exporters are of any kind; only the lean assembly can hand its queue to a child.
    takeForExit: () => [],
    reportLosses: () => undefined,
    discard: () => undefined,
  }
}
