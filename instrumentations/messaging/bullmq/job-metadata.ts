// SPDX-License-Identifier: Apache-2.0
import type { Sending } from '../messaging.ts'

/** BullMQ's own place for what travels with a job: https://docs.bullmq.io/guide/telemetry/running-a-simple-example */
export interface JobTelemetry {
  readonly metadata?: unknown
  readonly omitContext?: boolean
}

/** Of the options of a job: who adds it gives some, and Redis keeps them. */
export interface JobOptions {
  readonly telemetry?: JobTelemetry | undefined
}

export type Carrier = Record<string, unknown>

/**
 * Reads what travels with a job, as bullmq-otel and we write it: an object as JSON. Undefined where there is nothing, or what the telemetry of
 * somebody else has written for itself.
 */
export function readMetadata(metadata: unknown): Carrier | undefined {
  if (typeof metadata !== 'string' || !metadata.startsWith('{')) return undefined
  try {
    return JSON.parse(metadata)
  } catch {
    return undefined
  }
}

/** What goes into the metadata of the jobs that are being added; undefined for nothing. */
export function metadataOf(sending: Sending): string | undefined {
  const carrier: Carrier = {}
  sending.inject(carrier)
  return textOf(carrier)
}

export function textOf(carrier: Carrier): string | undefined {
  return Object.keys(carrier).length === 0 ? undefined : JSON.stringify(carrier)
}

/**
 * The options of a job, with the metadata; the application's own object stays as it is.
 *
 * @param defaults - Of the queue: they may ask for no context as well.
 */
export function withMetadata<Options extends JobOptions>(
  options: Options | undefined,
  metadata: string | undefined,
  defaults?: JobOptions,
): Options | undefined {
  const telemetry = options?.telemetry ?? defaults?.telemetry
  if (metadata === undefined || telemetry?.omitContext === true) return options
  return { ...(options as Options), telemetry: { ...telemetry, metadata } }
}
