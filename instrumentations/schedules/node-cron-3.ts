// SPDX-License-Identifier: Apache-2.0
import { jobName } from './job-name.ts'
import type { ScheduleRuns } from './schedule-runs.ts'

interface Scheduler {
  start(...args: unknown[]): unknown
}

interface ScheduledTask {
  readonly options?: { readonly name?: unknown }
  readonly _task?: { _execution: (...args: never[]) => unknown }
  now(...args: unknown[]): unknown
}

/** Has the timers of each schedule set outside of all requests. */
export function instrumentScheduler({ prototype }: { readonly prototype: Scheduler }, runs: ScheduleRuns): void {
  const { start } = prototype
  if (typeof start !== 'function') return
  prototype.start = function (...args) {
    return runs.arm(() => Reflect.apply(start, this, args))
  }
}

/** Has each run of a task performed under an ID of its own. */
export function instrumentScheduledTask(
  { prototype }: { readonly prototype: ScheduledTask },
  runs: ScheduleRuns,
): void {
  const { now } = prototype
  if (typeof now !== 'function') return
  const callbacks = new WeakMap<ScheduledTask, unknown>()
  prototype.now = function (...args) {
    const perform = () => Reflect.apply(now, this, args)
    // A time where a timer calls; `init` is the first run of a schedule that begins with one.
    const run = runs.begin({ isDue: runs.isDue() || args[0] === 'init' })
    if (run === undefined) return perform()
    const task = this._task
    if (!callbacks.has(this) && typeof task?._execution === 'function') {
      callbacks.set(this, task._execution)
      task._execution = runs.watch(task._execution)
    }
    return run.perform(jobName(this.options?.name, callbacks.get(this)), perform)
  }
}
