// SPDX-License-Identifier: Apache-2.0
import { activeContext, withContext } from '../../../src/correlation/active-context.ts'
import type { Runtime } from '../../../src/runtime.ts'
import { patchMethod } from '../../patch-method.ts'
import { attempt } from '../attempt.ts'
import { handOver, takeOver } from '../hand-over.ts'
import type { Messaging } from '../messaging.ts'
import { contextFor, knownAttempt } from './job-contexts.ts'
import { type JobOptions, readMetadata } from './job-metadata.ts'

const HANDED_OVER = '@org/correlation'

/** A job on its way to the child process or thread of a sandboxed processor, with what our half over there takes out again. */
interface SandboxedJob {
  /** Version 5 sends the short names that Redis has. */
  readonly opts?: JobOptions & { readonly tm?: unknown }
  [HANDED_OVER]?: unknown
}

type AsJson = (this: object, ...args: readonly unknown[]) => SandboxedJob
type Start = (this: object, ...args: readonly [SandboxedJob, ...unknown[]]) => Promise<unknown>

/** Sends the context of an attempt along with its job: https://docs.bullmq.io/guide/workers/sandboxed-processors */
export function patchSandboxedJob(prototype: object, runtime: Runtime): void {
  patchMethod<AsJson>(
    prototype,
    'asJSONSandbox',
    (original) =>
      function asJSONSandbox(...args) {
        const json = Reflect.apply(original, this, args)
        attempt(() => {
          const known = knownAttempt(this)
          if (known !== undefined) json[HANDED_OVER] = handOver(runtime, contextFor(known) ?? activeContext())
        })
        return json
      },
  )
}

/** In the child: runs the processor in the context that came with the job, or else under the job's own ID. */
export function patchChildProcessor(prototype: object, messaging: Messaging): void {
  patchMethod<Start>(
    prototype,
    'start',
    (original) =>
      function start(...args) {
        const context = attempt(() => contextOf(messaging, args[0]))
        if (context === undefined) return Reflect.apply(original, this, args)
        return withContext(context, () => Reflect.apply(original, this, args))
      },
  )
}

function contextOf(messaging: Messaging, job: SandboxedJob) {
  const handed = job[HANDED_OVER]
  if (handed !== undefined) {
    delete job[HANDED_OVER]
    return takeOver(handed)
  }
  const metadata = job.opts?.telemetry?.metadata ?? job.opts?.tm
  return messaging.receive(readMetadata(metadata) ?? {}).context
}
