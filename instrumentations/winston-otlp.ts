// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util'
import { type Attributes, type Context, logs, ROOT_CONTEXT, SeverityNumber } from '@opentelemetry/api'
import { getId } from '../src/correlation/context.ts'

type Info = Readonly<Record<string | symbol, unknown>>

/** The part of winston's Logger that records pass through, a Transform stream. */
export interface TransformingLogger {
  _transform(info: object, encoding: unknown, callback: unknown): unknown
  push(chunk: unknown, encoding?: unknown): boolean
  isLevelEnabled?(level: string): boolean
}

const LEVEL = Symbol.for('level')

/** The levels of winston's npm, syslog and cli sets. */
const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  emerg: SeverityNumber.FATAL3,
  alert: SeverityNumber.FATAL2,
  crit: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warning: SeverityNumber.WARN,
  warn: SeverityNumber.WARN,
  notice: SeverityNumber.INFO2,
  help: SeverityNumber.INFO2,
  info: SeverityNumber.INFO,
  data: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  prompt: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  input: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  silly: SeverityNumber.TRACE,
}

/** They have a place of their own in a log record. */
const NOT_ATTRIBUTES = new Set(['level', 'message', 'timestamp', 'trace_id', 'span_id', 'trace_flags'])

interface Logged {
  readonly context: Context
  readonly time: number
}

const logged = new WeakMap<object, Logged>()

/** Keeps when and in which context a record was logged: formats see it later, in another one. */
export function rememberLogged(info: object, active: Context): void {
  logged.set(info, { context: active, time: Date.now() })
}

/**
 * Sends what the application's formats made of each record, redaction included, to the LoggerProvider.
 *
 * Not by a transport, as upstream's winston-transport does (which besides still speaks to `@opentelemetry/api-logs`, whose global is
 * not that of an SDK 3.x LoggerProvider, so it delivers nothing there): one more transport changes `logger.transports` and
 * `isLevelEnabled`, silences winston's own warnings, and is gone after `logger.clear()`.
 */
export function sendTransformed(
  prototype: TransformingLogger,
  logField: string | undefined,
  sendsLogs: () => boolean,
): void {
  const { _transform: transform, push } = prototype
  let current: object | undefined
  prototype._transform = function (info, encoding, callback) {
    const outer = current
    current = info
    try {
      return transform.call(this, info, encoding, callback)
    } finally {
      current = outer
    }
  }
  prototype.push = function (chunk, encoding) {
    // What a format filtered out arrives as false.
    if (current !== undefined && typeof chunk === 'object' && chunk !== null) emit(this, current as Info, chunk as Info)
    return push.call(this, chunk, encoding)
  }

  function emit(logger: TransformingLogger, info: Info, formatted: Info): void {
    try {
      // `level` may have been coloured; the symbol is the name.
      const level = String(formatted[LEVEL] ?? info[LEVEL] ?? info['level'])
      if (!sendsLogs() || logger.isLevelEnabled?.(level) === false) return
      const { context: active = ROOT_CONTEXT, time = Date.now() } = logged.get(info) ?? {}
      logs.getLogger('@org/correlation/winston').emit({
        timestamp: time,
        body: textOf(formatted['message']) ?? '',
        severityText: level,
        severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
        attributes: attributesOf(formatted, logField, getId(active)),
        context: active,
      })
    } catch {
      // A record that cannot be sent is still in the application's own log.
    }
  }
}

/** The ID is left to `CorrelationLogRecordProcessor`, which knows the attribute's name. */
function attributesOf(info: Info, logField: string | undefined, id: string | undefined): Attributes {
  const attributes: Attributes = {}
  for (const [name, value] of Object.entries(info)) {
    if (NOT_ATTRIBUTES.has(name) || (name === logField && value === id)) continue
    const attribute = typeof value === 'number' || typeof value === 'boolean' ? value : textOf(value)
    if (attribute !== undefined) attributes[name] = attribute
  }
  return attributes
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || value === undefined) return value
  if (value instanceof Error) return value.stack ?? String(value)
  try {
    return JSON.stringify(value)
  } catch {
    // A cycle, as in a request object.
    return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY })
  }
}
