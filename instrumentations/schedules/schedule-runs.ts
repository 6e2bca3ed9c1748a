// SPDX-License-Identifier: Apache-2.0
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { activeContext, withContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import { putId } from '../../src/propagation/put-id.ts'
import type { Runtime } from '../../src/runtime.ts'
import { getRun, ScheduledRun } from './scheduled-run.ts'

/** Where the spans of runs go. */
export interface ScheduleTracing {
  readonly provider: TracerProvider
  /** Whether they are ours to make at this moment. */
  readonly isActive: () => boolean
}

/** How {@link ScheduleRuns.begin} judges a call. */
export interface BeginOptions {
  /** Whether the schedule calls, and not the application; by default, whether a timer of a schedule does. */
  readonly isDue?: boolean
  /** The span in which the schedule was set up; by default what {@link ScheduleRuns.arm} found. */
  readonly setUpBy?: SpanContext | undefined
}

type Callback = (this: unknown, ...args: never[]) => unknown

/** Who asked for the timers of a schedule: a span's context, or null for nobody. */
const KEY_SET_UP_BY = Symbol('@org/correlation.set-up-by')

/**
 * The runs of the schedules of one library.
 *
 * Node keeps the context in which a timer was set. So each run would have the ID of the request that set the schedule up, hours ago; or, where
 * one timer serves all jobs, that of whoever set it last.
 */
export class ScheduleRuns {
  readonly #runtime: Runtime
  readonly #tracer: Tracer | undefined
  readonly #isActive: () => boolean

  /** @param library - Its name on npm. */
  constructor(runtime: Runtime, library: string, tracing: ScheduleTracing | undefined) {
    this.#runtime = runtime
    this.#tracer = tracing?.provider.getTracer(`@org/correlation/${library}`)
    this.#isActive = tracing?.isActive ?? (() => false)
  }

  /** Calls what sets timers, outside of whatever is active; in their callbacks it is known who asked. */
  arm<Result>(set: () => Result): Result {
    return withContext(ROOT_CONTEXT.setValue(KEY_SET_UP_BY, this.setter() ?? null), set)
  }

  /** The span that asks for a schedule at this moment. */
  setter(): SpanContext | undefined {
    const active = activeContext()
    const known = active.getValue(KEY_SET_UP_BY) as SpanContext | null | undefined
    const asking = known === undefined ? trace.getSpanContext(active) : known
    return asking && isSpanContextValid(asking) ? asking : undefined
  }

  /** Whether it is a timer of a schedule that calls. */
  isDue(): boolean {
    return activeContext().getValue(KEY_SET_UP_BY) !== undefined
  }

  /**
   * Begins a run, with an ID of its own. Undefined where the application itself asks for it under an ID: that work is its own, and stays under
   * that ID. Never throws.
   */
  begin(options: BeginOptions = {}): ScheduledRun | undefined {
    try {
      if (!(options.isDue ?? this.isDue()) && getId(activeContext()) !== undefined) return undefined
      const setUpBy = 'setUpBy' in options ? options.setUpBy : this.setter()
      return new ScheduledRun(this.#newContext(), this.#isActive() ? this.#tracer : undefined, setUpBy)
    } catch {
      return undefined
    }
  }

  /** Makes a callback tell the run that it is called in how it ended: the libraries keep that to themselves. */
  watch<Fn extends Callback>(callback: Fn): Fn {
    return function (this: unknown, ...args: Parameters<Fn>) {
      const call = () => Reflect.apply(callback, this, args) as unknown
      const run = getRun(activeContext())
      return run === undefined ? call() : run.follow(call)
    } as Fn
  }

  #newContext(): Context {
    const { rules, baggageKey } = this.#runtime
    return putId(ROOT_CONTEXT, rules.generate(), baggageKey)
  }
}
