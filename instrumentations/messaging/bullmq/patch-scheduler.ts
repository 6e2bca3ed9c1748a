// SPDX-License-Identifier: Apache-2.0
import { createContextKey } from '@opentelemetry/api'
import { activeContext } from '../../../src/correlation/active-context.ts'
import { patchMethod } from '../../patch-method.ts'
import { attempt } from '../attempt.ts'
import type { Messaging, Sending } from '../messaging.ts'
import { runUntilSettled } from '../run-until-settled.ts'
import { type JobOptions, type JobTelemetry, readMetadata, textOf } from './job-metadata.ts'
import { beginAdding, hasOwnTelemetry, type Instance, messageId } from './patch-queue.ts'

type NextJobOptions = (...args: readonly unknown[]) => { telemetry?: JobTelemetry | undefined }
type CreateNextJob = (
  this: Instance,
  ...args: readonly [name: string, nextMillis: number, key: string, options: JobOptions, ...rest: readonly unknown[]]
) => Promise<unknown>
type Upsert = (
  this: Instance,
  ...args: readonly [
    id: string,
    repeat: unknown,
    name: string,
    data: unknown,
    options: JobOptions,
    call: { readonly override: boolean },
  ]
) => Promise<{ readonly id?: string } | undefined>

/** The scheduling call that is going on, for what makes the options of its first run further down. */
const KEY_SCHEDULING = createContextKey('@org/correlation.bullmq-scheduling')

/**
 * Gives each run of a job scheduler an ID of its own, and the span of the call that scheduled it. The ID is made where the job of the run is,
 * and is among the options that Redis keeps: so it is the same in each attempt, whichever process makes it.
 */
export function patchJobScheduler(prototype: object, messaging: Messaging): void {
  patchMethod<Upsert>(
    prototype,
    'upsertJobScheduler',
    (original) =>
      function upsertJobScheduler(...args) {
        const [id, , , , , call] = args
        // A worker calls it for the run after the one that it takes.
        const isScheduling = call?.override === true
        const sending = isScheduling
          ? attempt(() => beginScheduling(messaging, this, { 'bullmq.job.scheduler.id': id }))
          : undefined
        return runUntilSettled(sending, () => Reflect.apply(original, this, args), messageId)
      },
  )
  patchMethod<NextJobOptions>(
    prototype,
    'getNextJobOpts',
    (original) =>
      function getNextJobOpts(this: unknown, ...args) {
        const options = Reflect.apply(original, this, args)
        attempt(() => {
          const telemetry = telemetryOfRun(messaging, options.telemetry)
          // The object was made by the method itself.
          if (telemetry !== options.telemetry) options.telemetry = telemetry
        })
        return options
      },
  )
}

/** The same for the `repeat` option of BullMQ 5, whose scheduling call is `add`. */
export function patchRepeat(prototype: object, messaging: Messaging): void {
  patchMethod<CreateNextJob>(
    prototype,
    'createNextJob',
    (original) =>
      function createNextJob(...args) {
        const own = attempt(() => {
          const [name, nextMillis, key, options, ...rest] = args
          const telemetry = telemetryOfRun(messaging, options.telemetry)
          return [name, nextMillis, key, { ...options, telemetry }, ...rest] as const
        })
        return Reflect.apply(original, this, own ?? args)
      },
  )
}

function beginScheduling(messaging: Messaging, instance: Instance, attributes: Readonly<Record<string, string>>) {
  const sending = beginAdding(messaging, instance, 'upsertJobScheduler', attributes)
  if (hasOwnTelemetry(instance)) return sending
  return { ...sending, context: sending.context.setValue(KEY_SCHEDULING, sending) }
}

/** What the run before had, or what the scheduling call gives, under a new ID. */
function telemetryOfRun(messaging: Messaging, telemetry: JobTelemetry | undefined): JobTelemetry | undefined {
  if (telemetry?.omitContext === true) return telemetry
  const carrier = readMetadata(telemetry?.metadata)
  // Written by the telemetry of somebody else for itself.
  if (carrier === undefined && telemetry?.metadata) return telemetry
  const own = carrier ?? {}
  if (carrier === undefined) (activeContext().getValue(KEY_SCHEDULING) as Sending | undefined)?.inject(own)
  messaging.renew(own)
  const metadata = textOf(own)
  return metadata === undefined ? telemetry : { ...telemetry, metadata }
}
