// SPDX-License-Identifier: Apache-2.0

import { patchMethod } from '../../patch-method.ts'
import { attempt } from '../attempt.ts'
import type { Messaging } from '../messaging.ts'
import { runUntilSettled } from '../run-until-settled.ts'
import { type JobOptions, metadataOf, withMetadata } from './job-metadata.ts'
import { beginAdding, copyWith, hasOwnTelemetry, type Instance, messageId } from './patch-queue.ts'

interface FlowJob {
  readonly name: string
  readonly queueName: string
  readonly opts?: JobOptions
  readonly children?: readonly FlowJob[]
}

interface FlowOptions {
  readonly queuesOptions?: Readonly<Record<string, { readonly defaultJobOptions?: JobOptions } | undefined>>
}

type Add = (
  this: Instance,
  ...args: readonly [FlowJob, FlowOptions?]
) => Promise<{ readonly job: { readonly id?: string } }>
type AddBulk = (this: Instance, ...args: readonly [readonly FlowJob[]]) => Promise<unknown>

/** Puts the ID, and the span, into each job of the flows that a producer adds. */
export function patchFlowProducer(prototype: object, messaging: Messaging): void {
  patchMethod<Add>(
    prototype,
    'add',
    (original) =>
      function add(...args) {
        const [flow, options, ...rest] = args
        const sending = attempt(() =>
          beginAdding(messaging, this, 'addFlow', { 'bullmq.flow.name': flow.name }, flow.queueName),
        )
        const own =
          sending && attempt(() => withOptions(flow, hasOwnTelemetry(this) ? undefined : metadataOf(sending), options))
        const given = own ? ([own, options, ...rest] as const) : args
        return runUntilSettled(
          sending,
          () => Reflect.apply(original, this, given),
          (result) => messageId(result?.job),
        )
      },
  )
  patchMethod<AddBulk>(
    prototype,
    'addBulk',
    (original) =>
      function addBulk(...args) {
        const [flows, ...rest] = args
        const sending = attempt(() => {
          const queues = new Set(flows.map(({ queueName }) => queueName))
          const [queue] = queues.size === 1 ? queues : []
          return beginAdding(messaging, this, 'addBulkFlows', { 'messaging.batch.message_count': flows.length }, queue)
        })
        const own =
          sending &&
          attempt(() => {
            const metadata = hasOwnTelemetry(this) ? undefined : metadataOf(sending)
            return flows.map((flow) => withOptions(flow, metadata))
          })
        return runUntilSettled(sending, () => Reflect.apply(original, this, own ? [own, ...rest] : args))
      },
  )
}

/**
 * A copy of a tree of jobs, each of which has options: without them not even BullMQ's own telemetry writes anything.
 * As there, metadata that the application gives a job stays.
 */
function withOptions(flow: FlowJob, metadata: string | undefined, options?: FlowOptions): FlowJob {
  const defaults = options?.queuesOptions?.[flow.queueName]?.defaultJobOptions
  const opts = flow.opts?.telemetry?.metadata ? flow.opts : withMetadata(flow.opts, metadata, defaults)
  const children = flow.children?.map((child) => withOptions(child, metadata, options))
  return copyWith(flow, { opts: opts ?? {}, ...(children && { children }) })
}
