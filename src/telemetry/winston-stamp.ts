// SPDX-License-Identifier: Apache-2.0

import { type Context, type SpanContext, trace } from '@opentelemetry/api'
import { activeContext } from '../correlation/active-context.ts'
import { getId } from '../correlation/context.ts'
import { isValid } from './own-span-context.ts'
import { copyWithFields } from './record-copy.ts'

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
  /** Called with the stamped copy of a record that will be written, and the context that it was logged in. */
  readonly onRecord?: (info: object, present: boolean, active: Context) => void
  /** Whether anybody listens just now; winston takes its time to say whether a record will be written. */
  readonly isObserved?: () => boolean
}

/** One per process: the preload, and the two instances of `correlationFormat` that `import` and `require` make, share it. */
interface StampState {
  /** The fields that `correlationFormat` asks for. */
  readonly fields: Set<string>
  /** A record has been stamped, so records without the field were logged outside requests. */
  isStamping: boolean
}

const STATE = Symbol.for('@org/correlation.winston')
const PATCHED = Symbol.for('@org/correlation.winston.patched')

/** What the copies of winston in this process do when something is logged. */
export function stampState(): StampState {
  const holder = globalThis as { [STATE]?: StampState }
  holder[STATE] ??= { fields: new Set(), isStamping: false }
  return holder[STATE]
}

/**
 * Stamps winston's records as they are logged.
 *
 * @remarks
 * A format cannot do it: loggers are streams, and once a transport applies backpressure formats run later, in the
 * context of whichever request made room. Nearly every line of a burst then has a stranger's ID. The stamp does not need a span,
 * so lines have their ID with tracing off, and on ignored paths.
 */
export function patchWinston(prototype: WinstonLogger, options: StampOptions): void {
  if (Object.hasOwn(prototype, PATCHED)) return
  Object.defineProperty(prototype, PATCHED, { value: true })
  const { logField, onRecord, isObserved } = options
  const state = stampState()
  const original = prototype.write
  prototype.write = function (this: WinstonLogger, ...args) {
    const info = args[0]
    if (typeof info === 'object' && info !== null) {
      try {
        const active = activeContext()
        const id = getId(active)
        const record = stampedCopy(info, active, id, logField, state.fields)
        state.isStamping = true
        args[0] = record
        if (onRecord !== undefined && isObserved?.() !== false && isWritten(this, record)) {
          onRecord(record, id !== undefined, active)
        }
      } catch {
        // A record that cannot be copied is written without the ID: logging must not fail for it.
      }
    }
    return original.apply(this, args)
  }
}

function isWritten(logger: WinstonLogger, info: Readonly<Record<PropertyKey, unknown>>): boolean {
  if (logger.silent === true) return false
  return typeof info['level'] !== 'string' || logger.isLevelEnabled?.(info['level']) !== false
}

function stampedCopy(
  info: object,
  active: Context,
  id: string | undefined,
  logField: string | undefined,
  more: ReadonlySet<string>,
): Record<PropertyKey, unknown> {
  if (Object.getPrototypeOf(info) !== Object.prototype || 'toJSON' in info) {
    const fields: Record<string, string> = {}
    addFields(fields, active, id, logField, more)
    return copyWithFields(info, fields)
  }
  const copy: Record<PropertyKey, unknown> = { ...info }
  addFields(copy, active, id, logField, more)
  return copy
}

/** Adds to an object the fields that it does not have. */
function addFields(
  target: Record<PropertyKey, unknown>,
  active: Context,
  id: string | undefined,
  logField: string | undefined,
  more: ReadonlySet<string>,
): void {
  if (id !== undefined) {
    if (logField !== undefined && target[logField] === undefined) target[logField] = id
    if (more.size > 0) for (const field of more) if (target[field] === undefined) target[field] = id
  }
  const span = trace.getSpanContext(active)
  if (span === undefined || !isValid(span)) return
  if (target['trace_id'] === undefined) target['trace_id'] = span.traceId
  if (target['span_id'] === undefined) target['span_id'] = span.spanId
  if (target['trace_flags'] === undefined) target['trace_flags'] = flagsOf(span)
}

function flagsOf({ traceFlags }: SpanContext): string {
  return traceFlags === 1 ? '01' : traceFlags === 0 ? '00' : traceFlags.toString(16).padStart(2, '0')
}
