// SPDX-License-Identifier: Apache-2.0
import { diag } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http'
import type { Resource } from '@opentelemetry/resources'
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { loadOtlp } from './lazy-files.ts'
import { listOf, type OtelEnv, positiveNumberOf } from './otel-env.ts'
import { type OtlpProtocol, protocolOf } from './otlp-settings.ts'

const DEFAULT_INTERVAL_MS = 60_000
const DEFAULT_TIMEOUT_MS = 30_000

/** The MeterProvider and its off switch. */
export interface Meters {
  readonly provider: MeterProvider
  /** From here on nothing is exported: another SDK owns the telemetry. `MeterProvider.shutdown` would export once more. */
  discard(): void
}

/** Makes the MeterProvider for `OTEL_METRICS_EXPORTER`. */
export function createMeters(env: OtelEnv, resource: Resource): Meters {
  let isDiscarded = false
  const exportIntervalMillis = positiveNumberOf(env, 'OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_INTERVAL_MS
  const timeout = positiveNumberOf(env, 'OTEL_METRIC_EXPORT_TIMEOUT') ?? DEFAULT_TIMEOUT_MS
  const exportTimeoutMillis = Math.min(timeout, exportIntervalMillis)
  const readers: PeriodicExportingMetricReader[] = []
  for (const name of new Set(listOf(env, 'OTEL_METRICS_EXPORTER'))) {
    const exporter = createExporter(name, env)
    if (exporter !== undefined) {
      const send = exporter.export
      exporter.export = function (metrics, done) {
        if (isDiscarded) done({ code: ExportResultCode.SUCCESS })
        else send.call(this, metrics, done)
      }
      readers.push(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis }))
    }
  }
  return {
    provider: new MeterProvider({ resource, readers }),
    discard() {
      isDiscarded = true
    },
  }
}

function createExporter(name: string, env: OtelEnv): PushMetricExporter | undefined {
  if (name === 'console') return new ConsoleMetricExporter()
  if (name === 'otlp') {
    return lazyOtlpExporter(protocolOf(env, 'METRICS') === 'http/json' ? 'http/json' : 'http/protobuf')
  }
  diag.warn('OTEL_METRICS_EXPORTER names an exporter that is not available here; it is skipped.')
  return undefined
}

/** Loads the exporter at the first export. Which temporality it wants, the reader asks at once: upstream's base class answers. */
function lazyOtlpExporter(protocol: OtlpProtocol): PushMetricExporter {
  let exporter: PushMetricExporter | undefined
  return new OTLPMetricExporterBase({
    export(metrics, done) {
      try {
        exporter ??= loadOtlp().createMetricExporter(protocol)
      } catch (error) {
        diag.error('@org/correlation: the exporter could not be loaded; these metrics are lost.', error)
        done({ code: ExportResultCode.FAILED })
        return
      }
      exporter.export(metrics, done)
    },
    forceFlush: async () => exporter?.forceFlush(),
    shutdown: async () => exporter?.shutdown(),
    // For metrics about the exporter itself, which nothing here turns on.
    setMetrics: () => undefined,
  })
}
