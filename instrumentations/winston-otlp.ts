// SPDX-License-Identifier: Apache-2.0
import { Writable } from 'node:stream'
import { type Attributes, type Context, context, logs, ROOT_CONTEXT, SeverityNumber, trace } from '@opentelemetry/api'

/** The part of winston's Logger that takes transports. */
export interface ConfigurableLogger {
  configure(...args: unknown[]): void
  add(transport: Writable): unknown
}

interface ParentLogger {
  readonly level?: string
  readonly levels?: Readonly<Record<string, number>>
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
  info: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  silly: SeverityNumber.TRACE,
}

const NOT_ATTRIBUTES = new Set(['level', 'message', 'timestamp', 'trace_id', 'span_id', 'trace_flags'])

const contexts = new WeakMap<object, Context>()

/** Keeps the context a record was logged in, because transports see records later, in another one. */
export function rememberContext(info: object): void {
  contexts.set(info, context.active())
}

/**
 * Adds a transport of ours to each logger. Upstream's winston-transport still speaks to `@opentelemetry/api-logs`, whose
 * global is not that of an SDK 3.x LoggerProvider, so it delivers nothing there. A transport sees what the application's
 * formats made of a record, redaction included.
 */
export function patchConfigure(prototype: ConfigurableLogger, sendsLogs: () => boolean): void {
  const original = prototype.configure
  prototype.configure = function (this: ConfigurableLogger, ...args) {
    original.apply(this, args)
    try {
      this.add(new OtlpTransport(sendsLogs))
    } catch {
      // The application's own transports are in place; only the copy over OTLP is missing.
    }
  }
}

class OtlpTransport extends Writable {
  readonly #sendsLogs: () => boolean
  #parent: ParentLogger | undefined

  constructor(sendsLogs: () => boolean) {
    super({ objectMode: true })
    this.#sendsLogs = sendsLogs
    this.once('pipe', (logger: unknown) => {
      this.#parent = logger as ParentLogger
    })
  }

  /** winston takes a stream with `log` of up to two parameters as a transport. */
  log(info: Record<string | symbol, unknown>, callback: () => void): void {
    this.#emit(info)
    callback()
  }

  override _write(info: Record<string | symbol, unknown>, _encoding: string, callback: () => void): void {
    this.log(info, callback)
  }

  #emit(info: Record<string | symbol, unknown>): void {
    try {
      const level = String(info[LEVEL] ?? info['level'])
      if (!this.#sendsLogs() || !this.#isEnabled(level)) return
      logs.getLogger('@org/correlation/winston').emit({
        body: String(info['message']),
        severityText: level,
        severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
        attributes: attributesOf(info),
        context: contexts.get(info) ?? contextFromFields(info),
      })
    } catch {
      // A record that cannot be sent is still in the application's own log.
    }
  }

  #isEnabled(level: string): boolean {
    const { levels, level: threshold } = this.#parent ?? {}
    if (levels === undefined || threshold === undefined) return true
    return (levels[threshold] ?? Number.POSITIVE_INFINITY) >= (levels[level] ?? Number.POSITIVE_INFINITY)
  }
}

function attributesOf(info: Record<string | symbol, unknown>): Attributes {
  const attributes: Attributes = {}
  for (const [name, value] of Object.entries(info)) {
    if (NOT_ATTRIBUTES.has(name) || value === undefined) continue
    attributes[name] = isAttributeValue(value) ? value : JSON.stringify(value)
  }
  return attributes
}

function isAttributeValue(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** A format that returned a new object left the context behind; the fields that were stamped still say which it was. */
function contextFromFields(info: Record<string | symbol, unknown>): Context {
  const traceId = info['trace_id']
  const spanId = info['span_id']
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number(info['trace_flags'] ?? 0) })
}
