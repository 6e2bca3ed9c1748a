// SPDX-License-Identifier: Apache-2.0
import { context, isSpanContextValid, trace } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'

/** The part of winston's Logger that is patched. */
export interface WinstonLogger {
  write(...args: unknown[]): boolean
  readonly silent?: boolean
  isLevelEnabled?(level: string): boolean
}

/** What happens to each record as it is logged. */
export interface StampOptions {
  /** The field for the ID; undefined for none. */
  readonly logField: string | undefined
  /** Called after a record that will be written was stamped. */
  readonly onRecord?: (info: Record<string, unknown>, present: boolean) => void
}

const PATCHED = Symbol.for('@org/correlation.winston')
const TRACE_FIELDS = ['trace_id', 'span_id', 'trace_flags'] as const

type Fields = Record<string, string | undefined>

/** What we wrote into a record, to tell it from what the application wrote when it logs the same object again. */
const written = new WeakMap<object, Fields>()

/** Whether any copy of winston in this process stamps its records as they are logged. */
export function isWinstonStamped(): boolean {
  return (globalThis as Record<symbol, unknown>)[PATCHED] === true
}

/**
 * Stamps winston's records as they are logged.
 *
 * @remarks
 * A format cannot do it: loggers are streams, and once a transport applies backpressure formats run later, in the
 * context of whichever request made room. Of 8,200 lines 8,109 then had a stranger's ID. The stamp does not need a span,
 * so lines have their ID with tracing off, and on ignored paths.
 */
export function patchWinston(prototype: WinstonLogger, options: StampOptions): void {
  if (Object.hasOwn(prototype, PATCHED)) return
  Object.defineProperty(prototype, PATCHED, { value: true })
  ;(globalThis as Record<symbol, unknown>)[PATCHED] = true
  const original = prototype.write
  prototype.write = function (this: WinstonLogger, ...args) {
    const info = args[0]
    if (typeof info === 'object' && info !== null) {
      try {
        const record = info as Record<string, unknown>
        const present = stamp(record, options.logField)
        if (options.onRecord !== undefined && isWritten(this, record)) options.onRecord(record, present)
      } catch {
        // A frozen record is written without the ID: logging must not fail for it.
      }
    }
    return original.apply(this, args)
  }
}

function isWritten(logger: WinstonLogger, info: Record<string, unknown>): boolean {
  if (logger.silent === true) return false
  return typeof info['level'] !== 'string' || logger.isLevelEnabled?.(info['level']) !== false
}

function stamp(info: Record<string, unknown>, logField: string | undefined): boolean {
  const active = context.active()
  const id = getId(active)
  const fields: Fields = {}
  if (logField !== undefined) fields[logField] = id
  const span = trace.getSpanContext(active)
  const traced = span !== undefined && isSpanContextValid(span)
  fields['trace_id'] = traced ? span.traceId : undefined
  fields['span_id'] = traced ? span.spanId : undefined
  fields['trace_flags'] = traced ? `0${span.traceFlags.toString(16)}` : undefined

  const before = written.get(info)
  for (const name of logField === undefined ? TRACE_FIELDS : [logField, ...TRACE_FIELDS]) {
    const present = info[name]
    const ours = before?.[name]
    // What the application wrote itself stays.
    if (present !== undefined && present !== ours) continue
    const value = fields[name]
    if (value !== undefined) info[name] = value
    else if (present !== undefined) delete info[name]
  }
  written.set(info, fields)
  return id !== undefined
}
