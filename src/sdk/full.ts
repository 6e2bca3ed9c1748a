// SPDX-License-Identifier: Apache-2.0
import type { ContextManager } from '@opentelemetry/api'
import { listOf, type OtelEnv, textOf } from './otel-env.ts'
import { type OtlpSignal, protocolOf } from './otlp-settings.ts'
import { createResource } from './resource.ts'
import { createSampler } from './samplers.ts'

/** Whether the environment asks for what only `@opentelemetry/sdk-node` has: a configuration file, gRPC, Prometheus, Zipkin. */
export function needsFullSdk(env: OtelEnv): boolean {
  if (configFileOf(env) !== undefined) return true
  const traces = listOf(env, 'OTEL_TRACES_EXPORTER') ?? ['otlp']
  const metrics = listOf(env, 'OTEL_METRICS_EXPORTER') ?? []
  const logs = listOf(env, 'OTEL_LOGS_EXPORTER') ?? []
  if (traces.includes('zipkin') || metrics.includes('prometheus')) return true
  const usesGrpc = (exporters: readonly string[], signal: OtlpSignal) =>
    exporters.includes('otlp') && !exporters.includes('none') && protocolOf(env, signal) === 'grpc'
  return usesGrpc(traces, 'TRACES') || usesGrpc(metrics, 'METRICS') || usesGrpc(logs, 'LOGS')
}

/**
 * Starts `@opentelemetry/sdk-node`, which registers its providers with the API itself. Context manager and propagator stay ours.
 */
export function startFullSdk(env: OtelEnv, sampleRatio: number | undefined): void {
  const sdk = require('@opentelemetry/sdk-node') as typeof import('@opentelemetry/sdk-node')
  if (configFileOf(env) !== undefined) {
    sdk.startNodeSDK({})
    return
  }
  const started = new sdk.NodeSDK({
    // Accepted at run time since 0.300, and not yet in the types.
    contextManager: null as unknown as ContextManager,
    textMapPropagator: null,
    // Its own detectors start a program to find `host.id`; and the resource is the same whichever assembly runs.
    resource: createResource(env),
    autoDetectResources: false,
    ...(sampleRatio === undefined ? {} : { sampler: createSampler(env, sampleRatio) }),
    // Its own default is `otlp`; ours is `none`, here as in the lean assembly.
    ...(textOf(env, 'OTEL_METRICS_EXPORTER') === undefined ? { metricReaders: [] } : {}),
    ...(textOf(env, 'OTEL_LOGS_EXPORTER') === undefined ? { logRecordProcessors: [] } : {}),
  })
  started.start()
}

function configFileOf(env: OtelEnv): string | undefined {
  return textOf(env, 'OTEL_CONFIG_FILE') ?? textOf(env, 'OTEL_EXPERIMENTAL_CONFIG_FILE')
}
