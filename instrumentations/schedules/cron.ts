// SPDX-License-Identifier: Apache-2.0
import type { Runtime } from '../../src/runtime.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { jobName } from './job-name.ts'
import { ScheduleRuns, type ScheduleTracing } from './schedule-runs.ts'

type Callback = (...args: never[]) => unknown

interface CronJob {
  readonly name?: unknown
  readonly cronTime?: { readonly source?: unknown }
  readonly waitForCompletion?: boolean
  readonly isCallbackRunning?: boolean
  readonly lastExecution?: unknown
  readonly _timeout?: unknown
  start(...args: unknown[]): unknown
  fireOnTick(...args: unknown[]): unknown
  addCallback(callback: Callback, ...rest: unknown[]): unknown
}

interface CronJobClass {
  readonly prototype: CronJob
}

/** The package `cron`. */
export function cronPatches(runtime: Runtime, tracing: ScheduleTracing | undefined): LibraryPatches {
  const runs = new ScheduleRuns(runtime, 'cron', tracing)
  return {
    required: {
      'cron/dist/job': (exports) => {
        instrumentCronJob((exports as { readonly CronJob: CronJobClass }).CronJob, runs)
        return exports
      },
    },
  }
}

function instrumentCronJob({ prototype }: CronJobClass, runs: ScheduleRuns): void {
  const { start, fireOnTick, addCallback } = prototype
  for (const method of [start, fireOnTick, addCallback]) if (typeof method !== 'function') return
  const callbacks = new WeakMap<CronJob, Callback>()
  prototype.start = function (...args) {
    return runs.arm(() => Reflect.apply(start, this, args))
  }
  prototype.addCallback = function (callback, ...rest) {
    if (typeof callback !== 'function') return Reflect.apply(addCallback, this, [callback, ...rest])
    if (!callbacks.has(this)) callbacks.set(this, callback)
    return Reflect.apply(addCallback, this, [runs.watch(callback), ...rest])
  }
  prototype.fireOnTick = function (...args) {
    const perform = () => Reflect.apply(fireOnTick, this, args)
    // It returns at once where the last run has not ended.
    if (this.waitForCompletion === true && this.isCallbackRunning === true) return perform()
    const run = runs.begin({ isDue: runs.isDue() || isFirstRun(this) })
    if (run === undefined) return perform()
    return run.perform(jobName(this.name, callbacks.get(this), this.cronTime?.source), perform)
  }
}

/** `runOnInit` calls while the job is made: it has noted the time, which nobody who calls from outside does, and has not started yet. */
function isFirstRun({ lastExecution, _timeout }: CronJob): boolean {
  return lastExecution instanceof Date && _timeout === undefined
}
