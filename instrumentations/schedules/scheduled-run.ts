// SPDX-License-Identifier: Apache-2.0
import { type Context, type SpanContext, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { withContext } from '../../src/correlation/active-context.ts'
import { endSpan } from '../end-span.ts'

const KEY_RUN = Symbol('@org/correlation.run')

/** One run of a schedule: what it runs in, and its span. */
export class ScheduledRun {
  #context: Context
  readonly #tracer: Tracer | undefined
  readonly #setUpBy: SpanContext | undefined
  /** What has begun as a part of it, and not ended yet. */
  #open = 0
  #error: unknown
  #end: ((error: unknown) => void) | undefined

  /**
   * @param context - With the ID of the run, and nobody's span.
   * @param tracer - Makes its span; undefined where none is ours to make.
   */
  constructor(context: Context, tracer: Tracer | undefined, setUpBy: SpanContext | undefined) {
    this.#context = context
    this.#tracer = tracer
    this.#setUpBy = setUpBy
  }

  /** What all of the run belongs in; from its start on with the span. */
  get context(): Context {
    return this.#context
  }

  /**
   * Starts the span and calls the function as a part of the run. The span ends when that has ended, and whatever else is followed.
   *
   * @param name - What the span is called: few different ones, for all runs of all jobs.
   */
  perform<Result>(name: string, body: () => Result): Result {
    this.#start(name)
    return withContext(this.#context, () => this.follow(body))
  }

  /** Calls the function, and keeps the span open until it has returned and the promise that it returned is settled. */
  follow<Result>(body: () => Result): Result {
    if (this.#end === undefined) return body()
    this.#open += 1
    let result: Result
    try {
      result = body()
    } catch (error) {
      this.#settle(error)
      throw error
    }
    // The library listens for a rejection itself: with ours alone, one would look handled that nobody handles.
    if (result instanceof Promise) {
      result.then(
        () => this.#settle(undefined),
        (error) => this.#settle(error),
      )
    } else this.#settle(undefined)
    return result
  }

  #start(name: string): void {
    if (this.#tracer === undefined || this.#end !== undefined) return
    const links = this.#setUpBy === undefined ? [] : [{ context: this.#setUpBy }]
    const span = this.#tracer.startSpan(name, { kind: SpanKind.INTERNAL, links }, this.#context)
    this.#end = (error) => endSpan(span, error)
    this.#context = trace.setSpan(this.#context, span).setValue(KEY_RUN, this)
  }

  #settle(error: unknown): void {
    this.#error ??= error
    this.#open -= 1
    if (this.#open > 0) return
    this.#end?.(this.#error)
    this.#end = undefined
  }
}

/** The run whose span is open in a context. */
export function getRun(context: Context): ScheduledRun | undefined {
  return context.getValue(KEY_RUN) as ScheduledRun | undefined
}
