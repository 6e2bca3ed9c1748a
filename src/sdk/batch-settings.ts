// SPDX-License-Identifier: Apache-2.0
import { type OtelEnv, positiveNumberOf } from './otel-env.ts'

/** What the batch processors of spans and of log records have in common; the SDK's defaults stand where a value is absent. */
export interface BatchSettings {
  readonly maxQueueSize?: number
  readonly scheduledDelayMillis?: number
  readonly exportTimeoutMillis?: number
  readonly maxExportBatchSize?: number
}

/** Whole names, so that a search for a variable finds where it is read. */
const VARIABLES = {
  OTEL_BSP: {
    maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
    scheduledDelayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
    exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
    maxExportBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  },
  OTEL_BLRP: {
    maxQueueSize: 'OTEL_BLRP_MAX_QUEUE_SIZE',
    scheduledDelayMillis: 'OTEL_BLRP_SCHEDULE_DELAY',
    exportTimeoutMillis: 'OTEL_BLRP_EXPORT_TIMEOUT',
    maxExportBatchSize: 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
  },
} as const satisfies Record<string, Record<keyof BatchSettings, string>>

/** Reads the settings of the span processor, or of the log-record processor. */
export function batchSettings(env: OtelEnv, family: keyof typeof VARIABLES): BatchSettings {
  const entries = Object.entries(VARIABLES[family]).map(([name, variable]) => [name, positiveNumberOf(env, variable)])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
