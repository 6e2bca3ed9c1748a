// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../src/runtime.ts'
import { clientPatches } from './clients/client-patches.ts'
import type { LibraryPatches } from './library-patches.ts'
import { amqplibPatches } from './messaging/amqplib.ts'
import { bullmqPatches } from './messaging/bullmq.ts'
import { kafkajsPatches } from './messaging/kafkajs.ts'
import type { MessagingTracing } from './messaging/messaging.ts'
import { cronPatches } from './schedules/cron.ts'
import { nodeCronPatches } from './schedules/node-cron.ts'
import { nodeSchedulePatches } from './schedules/node-schedule.ts'

/** Where the spans of work outside of requests go. */
export interface LibraryTracing extends MessagingTracing {
  /** Whether the application has an instance of its own of the instrumentation with this package's name. */
  readonly isInApplication: (name: string) => boolean
}

/** One line for each library that work leaves a request through. */
export function libraryPatches(
  runtime: Runtime,
  isEnabled: (name: string) => boolean,
  tracing: LibraryTracing | undefined,
): readonly LibraryPatches[] {
  return [
    ...clientPatches(isEnabled),
    ...(isEnabled('bullmq') ? [bullmqPatches(runtime, tracing)] : []),
    ...(isEnabled('amqplib') ? [amqplibPatches(runtime, unlessUpstream(tracing, 'amqplib'))] : []),
    ...(isEnabled('kafkajs') ? [kafkajsPatches(runtime, unlessUpstream(tracing, 'kafkajs'))] : []),
    ...(isEnabled('node-cron') ? [nodeCronPatches(runtime, tracing)] : []),
    ...(isEnabled('cron') ? [cronPatches(runtime, tracing)] : []),
    ...(isEnabled('node-schedule') ? [nodeSchedulePatches(runtime, tracing)] : []),
  ]
}

/** Ours are silent beside an instance of OpenTelemetry's own instrumentation in the application: each would make its own. */
function unlessUpstream(tracing: LibraryTracing | undefined, library: string): MessagingTracing | undefined {
  if (tracing === undefined) return undefined
  const { provider, isActive, isInApplication } = tracing
  return { provider, isActive: () => isActive() && !isInApplication(`@opentelemetry/instrumentation-${library}`) }
}
