// SPDX-License-Identifier: Apache-2.0
import { withContext } from '../../src/correlation/active-context.ts'
import type { Runtime } from '../../src/runtime.ts'
import type { LibraryPatches } from '../library-patches.ts'
import { jobName } from './job-name.ts'
import { instrumentScheduledTask, instrumentScheduler } from './node-cron-3.ts'
import { ScheduleRuns, type ScheduleTracing } from './schedule-runs.ts'
import type { ScheduledRun } from './scheduled-run.ts'

type Hook = (this: unknown, ...args: unknown[]) => unknown

/** What calls a task when it is due, and says so to the task before and afterwards. */
interface Runner {
  start: Hook
  beforeRun: Hook
  onMatch: Hook
  onFinished: Hook
  onError: Hook
}

interface InlineTask {
  readonly runner: Runner
  readonly id: unknown
  readonly name: unknown
  readonly cronExpression: unknown
  start(...args: unknown[]): unknown
  execute(...args: unknown[]): unknown
}

interface InlineTaskClass {
  readonly prototype: InlineTask
}

/** Where the class is: in 4.0 to 4.2, where what is imported is CommonJS as well; in 4.3 and 4.4; and from 4.5 on. */
const REQUIRED = [
  'dist/cjs/tasks/inline-scheduled-task',
  'dist/esm/tasks/inline-scheduled-task',
  'dist/tasks/inline-scheduled-task',
  'dist/_shared',
]
const IMPORTED = ['dist/tasks/inline-scheduled-task.js', 'dist/_shared.js']

/** node-cron 3 and 4. Tasks in files run in a child process, with the same classes. */
export function nodeCronPatches(runtime: Runtime, tracing: ScheduleTracing | undefined): LibraryPatches {
  const runs = new ScheduleRuns(runtime, 'node-cron', tracing)
  const patch = ({ InlineScheduledTask }: Readonly<Record<string, unknown>>) => {
    if (InlineScheduledTask !== undefined) instrumentInlineTask(InlineScheduledTask as InlineTaskClass, runs)
  }
  const onClass =
    <Class>(instrument: (patched: Class, runs: ScheduleRuns) => void) =>
    (exports: unknown) => {
      instrument(exports as Class, runs)
      return exports
    }
  return {
    required: {
      'node-cron/src/scheduler': onClass(instrumentScheduler),
      'node-cron/src/scheduled-task': onClass(instrumentScheduledTask),
      ...Object.fromEntries(
        REQUIRED.map((file) => [
          `node-cron/${file}`,
          (exports: unknown) => {
            patch(exports as Readonly<Record<string, unknown>>)
            return exports
          },
        ]),
      ),
    },
    imported: Object.fromEntries(
      IMPORTED.map((file) => [`node-cron/${file}`, { names: ['InlineScheduledTask'], patch }]),
    ),
  }
}

function instrumentInlineTask({ prototype }: InlineTaskClass, runs: ScheduleRuns): void {
  const prepared = new WeakSet<InlineTask>()
  for (const method of ['start', 'execute'] as const) {
    const original = prototype[method]
    if (typeof original !== 'function') continue
    prototype[method] = function (...args) {
      try {
        if (!prepared.has(this)) prepare(this, runs)
        prepared.add(this)
      } catch {
        // It then runs as without us.
      }
      return Reflect.apply(original, this, args)
    }
  }
}

/** What the task is told before and after a run, which includes its listeners and the line of a failure, is a part of the run. */
function prepare(task: InlineTask, runs: ScheduleRuns): void {
  const { runner } = task
  const { start, beforeRun, onMatch, onFinished, onError } = runner
  for (const hook of [start, beforeRun, onMatch, onFinished, onError]) if (typeof hook !== 'function') return
  const name = jobName(task.name === task.id ? undefined : task.name, undefined, task.cronExpression)
  /** By the object that stands for one execution in each of the calls. */
  const running = new WeakMap<object, ScheduledRun>()
  const runOf = (execution: unknown) => running.get(execution as object)
  const within = (hook: Hook, position: number): Hook =>
    function (...args) {
      const run = runOf(args[position])
      return run === undefined ? Reflect.apply(hook, this, args) : withContext(run.context, hook, this, ...args)
    }

  runner.start = function (...args) {
    return runs.arm(() => Reflect.apply(start, this, args))
  }
  const before = within(beforeRun, 1)
  runner.beforeRun = function (...args) {
    const run = runs.begin()
    if (run !== undefined) running.set(args[1] as object, run)
    return Reflect.apply(before, this, args)
  }
  runner.onMatch = function (...args) {
    const call = () => Reflect.apply(onMatch, this, args)
    const run = runOf(args[1])
    return run === undefined ? call() : run.perform(name, call)
  }
  runner.onFinished = within(onFinished, 1)
  runner.onError = within(onError, 2)
}
