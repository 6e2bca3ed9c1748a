// SPDX-License-Identifier: Apache-2.0
import type { Context, SpanContext } from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import type { Runtime } from '../../src/runtime.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { jobName } from './job-name.ts'
import { ScheduleRuns, type ScheduleTracing } from './schedule-runs.ts'

type Fn = (...args: unknown[]) => unknown

interface Job {
  readonly name: unknown
  readonly job: unknown
  schedule(...args: unknown[]): unknown
  invoke(...args: unknown[]): unknown
  emit(event: unknown, ...args: unknown[]): boolean
}

interface JobClass {
  readonly prototype: Job
}

/** What calls `setTimeout` for the job that is due next, whosever it is. */
const ARMING = ['scheduleInvocation', 'cancelInvocation', 'scheduleNextRecurrence'] as const

/** node-schedule 2. */
export function nodeSchedulePatches(runtime: Runtime, tracing: ScheduleTracing | undefined): LibraryPatches {
  const runs = new ScheduleRuns(runtime, 'node-schedule', tracing)
  return {
    required: {
      'node-schedule/lib/Invocation': (exports) => {
        const functions = exports as Record<string, unknown>
        for (const name of ARMING) {
          const arm = functions[name]
          if (typeof arm === 'function') functions[name] = arming(arm as Fn, runs)
        }
        return functions
      },
      'node-schedule/lib/Job': (exports) => {
        instrumentJob((exports as { readonly Job: JobClass }).Job, runs)
        return exports
      },
    },
  }
}

/** Where the application has called from, as long as that call lasts: what is emitted meanwhile is emitted to it. */
let caller: Context | undefined

function arming(arm: Fn, runs: ScheduleRuns): Fn {
  return (...args) => {
    const outer = caller
    caller ??= activeContext()
    try {
      return runs.arm(() => arm(...args))
    } finally {
      caller = outer
    }
  }
}

function instrumentJob({ prototype }: JobClass, runs: ScheduleRuns): void {
  const { schedule, invoke, emit } = prototype
  const setters = new WeakMap<Job, SpanContext>()
  const latest = new WeakMap<Job, Context>()
  const failures = new WeakMap<object, Context>()

  prototype.schedule = function (...args) {
    const setter = runs.setter()
    if (setter === undefined) setters.delete(this)
    else setters.set(this, setter)
    return Reflect.apply(schedule, this, args)
  }

  prototype.invoke = function (...args) {
    const call = () => Reflect.apply(invoke, this, args)
    const isDue = runs.isDue()
    const run = runs.begin({ isDue, setUpBy: isDue ? setters.get(this) : undefined })
    if (run === undefined) return call()
    const remember = () => void latest.set(this, run.context)
    const rememberFailure = (error: unknown) => {
      remember()
      if (typeof error === 'object' && error !== null) failures.set(error, run.context)
    }
    try {
      const result = run.perform(jobName(this.name, this.job), call)
      remember()
      if (!(result instanceof Promise)) return result
      // The library's own listener comes next, and emits.
      result.then(remember, rememberFailure)
      // Nobody but the application listens to what it has called itself: unless it does, a rejection is unhandled as before.
      return isDue ? result : result.then()
    } catch (error) {
      rememberFailure(error)
      throw error
    }
  }

  // The library emits after the run, in the context of its timer.
  prototype.emit = function (event, ...args) {
    const context = contextOf(this, event, args[0]) ?? caller
    if (context === undefined) return Reflect.apply(emit, this, [event, ...args])
    return withContext(context, emit, this, event, ...args)
  }

  function contextOf(job: Job, event: unknown, value: unknown): Context | undefined {
    if (event !== 'run' && event !== 'success' && event !== 'error') return undefined
    const failed = event === 'error' && typeof value === 'object' && value !== null ? failures.get(value) : undefined
    return failed ?? latest.get(job)
  }
}
