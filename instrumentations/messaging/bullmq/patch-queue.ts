// SPDX-License-Identifier: Apache-2.0
import type { Attributes } from '@opentelemetry/api'
import { patchMethod } from '../../patch-method.ts'
import { attempt } from '../attempt.ts'
import type { Messaging, Sending } from '../messaging.ts'
import { runUntilSettled } from '../run-until-settled.ts'
import { type JobOptions, metadataOf, withMetadata } from './job-metadata.ts'

/** Anything that adds jobs. */
export interface Instance {
  readonly name: string
  readonly opts?: { readonly telemetry?: unknown }
}

interface QueueInstance extends Instance {
  /** Those of `defaultJobOptions`. */
  readonly jobsOpts?: JobOptions
}

interface BulkJob {
  readonly name: string
  readonly data: unknown
  readonly opts?: JobOptions | undefined
}

type Add = (this: QueueInstance, ...args: readonly [string, unknown, JobOptions?]) => Promise<AddedJob>
type AddBulk = (this: QueueInstance, ...args: readonly [readonly BulkJob[]]) => Promise<readonly AddedJob[]>

interface AddedJob {
  readonly id?: string
}

/** Whether the application gave the instance a telemetry of its own, such as bullmq-otel: the spans and the metadata are then made by that. */
export const hasOwnTelemetry = ({ opts }: Instance): boolean => opts?.telemetry !== undefined

/** Begins to add jobs: with a span of ours, or else only with an ID that the application's telemetry finds in the context. */
export function beginAdding(
  messaging: Messaging,
  instance: Instance,
  name: string,
  attributes: Attributes,
  destination: string | undefined = instance.name,
): Sending {
  return messaging.send(hasOwnTelemetry(instance) ? undefined : { name, destination, attributes })
}

export const messageId = (job: AddedJob | undefined): Attributes | undefined =>
  job?.id === undefined ? undefined : { 'messaging.message.id': job.id }

/** Puts the ID, and the span, into what `add` and `addBulk` of a queue add. */
export function patchQueue(prototype: object, messaging: Messaging): void {
  patchMethod<Add>(
    prototype,
    'add',
    (original) =>
      function add(...args) {
        const [name, data, options, ...rest] = args
        const sending = attempt(() => beginAdding(messaging, this, 'add', { 'bullmq.job.name': name }))
        const own =
          sending && !hasOwnTelemetry(this) && attempt(() => withMetadata(options, metadataOf(sending), this.jobsOpts))
        const given = own ? ([name, data, own, ...rest] as const) : args
        return runUntilSettled(sending, () => Reflect.apply(original, this, given), messageId)
      },
  )
  patchMethod<AddBulk>(
    prototype,
    'addBulk',
    (original) =>
      function addBulk(...args) {
        const [jobs, ...rest] = args
        const count = { 'messaging.batch.message_count': jobs?.length }
        const sending = attempt(() => beginAdding(messaging, this, 'addBulk', count))
        const own = sending && !hasOwnTelemetry(this) && attempt(() => bulkWithMetadata(jobs, sending, this.jobsOpts))
        return runUntilSettled(sending, () => Reflect.apply(original, this, own ? [own, ...rest] : args))
      },
  )
}

/** As with BullMQ's own telemetry, metadata that the application gives a job of several stays. */
function bulkWithMetadata(jobs: readonly BulkJob[], sending: Sending, defaults: JobOptions | undefined) {
  const metadata = metadataOf(sending)
  if (metadata === undefined) return undefined
  return jobs.map((job) => {
    const opts = job.opts?.telemetry?.metadata ? job.opts : withMetadata(job.opts, metadata, defaults)
    return opts === job.opts ? job : copyWith(job, { opts })
  })
}

/** A copy of an object of the application's, which may be of a class of its own. */
export function copyWith<Original extends object>(original: Original, changes: Partial<Original>): Original {
  return Object.assign(Object.create(Object.getPrototypeOf(original)), original, changes)
}
