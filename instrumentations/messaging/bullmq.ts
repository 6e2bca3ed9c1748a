// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../../src/runtime.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { patchFlowProducer } from './bullmq/patch-flow-producer.ts'
import { patchQueue } from './bullmq/patch-queue.ts'
import { patchChildProcessor, patchSandboxedJob } from './bullmq/patch-sandbox.ts'
import { patchJobScheduler, patchRepeat } from './bullmq/patch-scheduler.ts'
import { patchQueueEvents, patchWorker } from './bullmq/patch-worker.ts'
import { Messaging, type MessagingTracing } from './messaging.ts'

interface BullmqTracing extends MessagingTracing {
  readonly isInApplication: (name: string) => boolean
}

/** Where the application has one of these, its spans are enough. bullmq-otel is an option of each queue and worker, and looked for there. */
const OTHERS = [
  '@opentelemetry/instrumentation-bullmq',
  '@appsignal/opentelemetry-instrumentation-bullmq',
  '@jenniferplusplus/opentelemetry-instrumentation-bullmq',
]

/**
 * BullMQ 5 and 6: https://docs.bullmq.io. Node loads its CommonJS files, also where an ES module imports it: its `dist/esm` is for bundlers.
 */
export function bullmqPatches(runtime: Runtime, tracing: BullmqTracing | undefined): LibraryPatches {
  const messaging = new Messaging(
    runtime,
    'bullmq',
    tracing && {
      provider: tracing.provider,
      isActive: () => tracing.isActive() && !OTHERS.some(tracing.isInApplication),
    },
  )
  return {
    required: {
      'bullmq/dist/cjs/classes/queue': classPatch('Queue', (queue) => patchQueue(queue, messaging)),
      'bullmq/dist/cjs/classes/flow-producer': classPatch('FlowProducer', (flow) => patchFlowProducer(flow, messaging)),
      'bullmq/dist/cjs/classes/job-scheduler': classPatch('JobScheduler', (job) => patchJobScheduler(job, messaging)),
      'bullmq/dist/cjs/classes/repeat': classPatch('Repeat', (repeat) => patchRepeat(repeat, messaging)),
      'bullmq/dist/cjs/classes/worker': classPatch('Worker', (worker) => patchWorker(worker, messaging)),
      'bullmq/dist/cjs/classes/queue-events': classPatch('QueueEvents', patchQueueEvents),
      'bullmq/dist/cjs/classes/job': classPatch('Job', (job) => patchSandboxedJob(job, runtime)),
      'bullmq/dist/cjs/classes/child-processor': classPatch('ChildProcessor', (child) =>
        patchChildProcessor(child, messaging),
      ),
    },
  }
}

/** Patches the class that a file exports; what it exports stays as it is. */
function classPatch(name: string, patch: (prototype: object) => void) {
  return (exports: unknown): unknown => {
    const found = (exports as Readonly<Record<string, { readonly prototype?: object } | undefined>>)[name]
    if (found?.prototype !== undefined) patch(found.prototype)
    return exports
  }
}
