// SPDX-License-Identifier: Apache-2.0
import { type Context, trace } from '@opentelemetry/api'
import { activeContext } from '../../../src/correlation/active-context.ts'
import { getId } from '../../../src/correlation/context.ts'
import { hiddenField } from '../../../src/correlation/hidden-field.ts'
import type { Messaging, Received } from '../messaging.ts'
import { type JobOptions, readMetadata } from './job-metadata.ts'

/** A job that a worker has fetched. */
export interface FetchedJob {
  readonly id?: string
  readonly name: string
  readonly opts?: JobOptions
  readonly repeatJobKey?: string | undefined
  readonly attemptsMade?: number
}

/** What is known of one attempt of a job. */
export interface Attempt {
  readonly received: Received
  /** Of the message until its processing begins, then of that. */
  context: Context
  /** What the processor threw. */
  error: unknown
}

const attempts = hiddenField<Attempt>()

/** The attempt that a job object stands for: BullMQ makes a new one each time that a job is fetched. */
export function attemptOf(messaging: Messaging, job: FetchedJob): Attempt {
  const known = attempts.get(job)
  if (known !== undefined) return known
  const carrier = readMetadata(job.opts?.telemetry?.metadata) ?? {}
  const received = messaging.receive(carrier, { isLinked: Boolean(job.repeatJobKey) })
  const attempt = { received, context: received.context, error: undefined }
  attempts.set(job, attempt)
  return attempt
}

/** As {@link attemptOf}, where the job was fetched by a worker of this process. */
export function knownAttempt(job: object): Attempt | undefined {
  return attempts.get(job)
}

/**
 * The context for what belongs to the job, or undefined where the active one is right. Messages of a sandbox arrive in the context of the job
 * that its child was made for, which may have the same ID.
 */
export function contextFor({ received, context }: Attempt): Context | undefined {
  const active = activeContext()
  if (getId(active) !== received.id) return context
  const own = trace.getSpanContext(context)
  return own === undefined || own.traceId === trace.getSpanContext(active)?.traceId ? undefined : context
}
