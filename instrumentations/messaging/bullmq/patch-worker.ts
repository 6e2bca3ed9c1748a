// SPDX-License-Identifier: Apache-2.0
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { withContext } from '../../../src/correlation/active-context.ts'
import { patchMethod } from '../../patch-method.ts'
import { attempt } from '../attempt.ts'
import type { Messaging } from '../messaging.ts'
import { runUntilSettled } from '../run-until-settled.ts'
import { attemptOf, contextFor, type FetchedJob, knownAttempt } from './job-contexts.ts'
import { hasOwnTelemetry, type Instance } from './patch-queue.ts'

type Listen = (this: Instance, event: unknown, ...args: readonly unknown[]) => boolean
type Step = (this: Instance, ...args: readonly unknown[]) => Promise<unknown>
type ProcessJob = (this: Instance, ...args: readonly [FetchedJob, ...unknown[]]) => Promise<unknown>
type HandleFailed = (this: Instance, ...args: readonly [unknown, FetchedJob, ...unknown[]]) => Promise<unknown>

/** A processor throws these to say what is to become of the job: https://docs.bullmq.io/patterns/process-step-jobs */
const CONTROL_FLOW = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError', 'RateLimitError'])

/** Of a worker's events, those whose listeners get the job first. */
const JOB_EVENTS: ReadonlySet<unknown> = new Set(['active', 'progress', 'completed', 'failed'])

/** Runs what a worker does with a job under the job's ID, and what it does between two jobs under none. */
export function patchWorker(prototype: object, messaging: Messaging): void {
  patchMethod<ProcessJob>(
    prototype,
    'processJob',
    (original) =>
      function processJob(...args) {
        const processing = attempt(() => beginProcessing(messaging, this, args[0]))
        return runUntilSettled(processing, () => Reflect.apply(original, this, args))
      },
  )
  patchMethod<HandleFailed>(
    prototype,
    'handleFailed',
    (original) =>
      function handleFailed(...args) {
        attempt(() => {
          const [error, job] = args
          const handled = knownAttempt(job)
          if (handled !== undefined && !CONTROL_FLOW.has((error as Error).name)) handled.error = error
        })
        return Reflect.apply(original, this, args)
      },
  )
  patchMethod<Listen>(
    prototype,
    'emit',
    (original) =>
      function emit(...args) {
        const [event, job] = args
        const context =
          JOB_EVENTS.has(event) && typeof job === 'object' && job !== null
            ? attempt(() => contextFor(attemptOf(messaging, job as FetchedJob)))
            : undefined
        if (context === undefined) return Reflect.apply(original, this, args)
        return withContext(context, () => Reflect.apply(original, this, args))
      },
  )
  // The next job is fetched at the end of the one before, in whose context it is none of that one's business.
  patchMethod<Step>(prototype, 'nextJobFromJobData', outside)
  // A worker that the first request makes is not that request's.
  patchMethod<Step>(prototype, 'run', outside)
}

/** QueueEvents that the first request makes hear of the jobs of all: https://docs.bullmq.io/guide/events */
export function patchQueueEvents(prototype: object): void {
  patchMethod<Step>(prototype, 'run', outside)
}

/** Runs a step of BullMQ's own outside of whatever called it. The spans of the application's telemetry stay where they would be. */
function outside(original: Step): Step {
  return function step(...args) {
    if (this === undefined || hasOwnTelemetry(this)) return Reflect.apply(original, this, args)
    return withContext(ROOT_CONTEXT, () => Reflect.apply(original, this, args))
  }
}

function beginProcessing(messaging: Messaging, worker: Instance, job: FetchedJob) {
  const handled = attemptOf(messaging, job)
  const attributes = { 'messaging.message.id': job.id, 'bullmq.job.name': job.name }
  const operation = hasOwnTelemetry(worker) ? undefined : { name: 'process', destination: worker.name, attributes }
  const processing = messaging.begin(operation, handled.received)
  handled.context = processing.context
  return {
    context: processing.context,
    end: (error: unknown) => processing.end(error ?? handled.error, { 'bullmq.job.attempts.made': job.attemptsMade }),
  }
}
