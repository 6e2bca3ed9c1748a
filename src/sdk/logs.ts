// SPDX-License-Identifier: Apache-2.0
import { diag } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  BatchLogRecordProcessor,
  ConsoleLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import type { Config } from '../config/config.ts'
import { CorrelationLogRecordProcessor } from '../telemetry/log-record-processor.ts'
import { batchSettings } from './batch-settings.ts'
import type { ExitRequest } from './exit-sender.ts'
import { LazyExporter } from './lazy-exporter.ts'
import { loadOtlp } from './lazy-files.ts'
import { listOf, type OtelEnv } from './otel-env.ts'
import { type OtlpProtocol, otlpSettings, protocolOf } from './otlp-settings.ts'

/** The LoggerProvider and its queue. */
export interface Logs {
  readonly provider: LoggerProvider
  /** Resolves when no batch is on its way. */
  drain(): Promise<void>
  takeForExit(): ExitRequest | undefined
}

/** Makes the LoggerProvider for `OTEL_LOGS_EXPORTER`. */
export function createLogs(env: OtelEnv, config: Config, resource: Resource, pending: LogRecordProcessor): Logs {
  const processors: LogRecordProcessor[] = [pending]
  if (config.spanAttribute !== undefined) processors.push(new CorrelationLogRecordProcessor(config.spanAttribute))
  let exporter: LazyExporter<ReadableLogRecord> | undefined
  let batch: BatchLogRecordProcessor | undefined
  const protocol: OtlpProtocol = protocolOf(env, 'LOGS') === 'http/json' ? 'http/json' : 'http/protobuf'
  for (const name of new Set(listOf(env, 'OTEL_LOGS_EXPORTER'))) {
    if (name === 'otlp') {
      exporter = new LazyExporter(() => loadOtlp().createLogExporter(protocol))
      batch = new BatchLogRecordProcessor({ exporter, ...batchSettings(env, 'OTEL_BLRP') })
      processors.push(batch)
    } else if (name === 'console') {
      processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }))
    } else {
      diag.warn('OTEL_LOGS_EXPORTER names an exporter that is not available here; it is skipped.')
    }
  }
  const provider = new LoggerProvider({ resource, processors })
  return {
    provider,
    drain: () => exporter?.forceFlush() ?? Promise.resolve(),
    takeForExit() {
      if (exporter === undefined || batch === undefined) return undefined
      const records = [...exporter.keepForExit(), ...queueOf(batch)]
      if (records.length === 0) return undefined
      const body = loadOtlp().serializeLogs(records, protocol)
      return body === undefined ? undefined : { ...otlpSettings(env, 'LOGS', protocol), body }
    },
  }
}

/**
 * What waits in the processor. Unlike that of spans, its flush hands nothing over before a promise has run, and at exit none runs any
 * more; so its queue is read. Its version is pinned and bundled, and a test looks for the last record.
 */
function queueOf(processor: BatchLogRecordProcessor): readonly ReadableLogRecord[] {
  const { _finishedLogRecords: queue } = processor as unknown as {
    readonly _finishedLogRecords?: readonly ReadableLogRecord[]
  }
  return queue ?? []
}
