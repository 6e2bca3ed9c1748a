// SPDX-License-Identifier: Apache-2.0
import { ATTR_CORRELATION_REASON, ATTR_CORRELATION_RECEIVED_ID } from '../correlation/names.ts'
import { type EntryRule, type EnvReader, kindOf } from './env.ts'
import { variable } from './variables.ts'

const MAX_LENGTH = 128

/** RFC 7230, section 3.2.6, which https://www.w3.org/TR/baggage/#key refers to; baggage keys keep their case. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** What every log and trace backend takes as a field name without quoting. */
const FIELD = /^[A-Za-z_@][A-Za-z0-9_.@-]*$/

/** What winston, pino, bunyan and the OpenTelemetry instrumentations write themselves. */
const LOGGER_FIELDS: readonly string[] = [
  ...['level', 'message', 'msg', 'time', 'timestamp', 'pid', 'hostname', 'name', 'v', 'err', 'error', 'stack'],
  ...['trace_id', 'span_id', 'trace_flags'],
]

const BAGGAGE_KEY = nameRule('a baggage key', TOKEN, [])
const SPAN_ATTRIBUTE = nameRule('an attribute name', FIELD, [ATTR_CORRELATION_REASON, ATTR_CORRELATION_RECEIVED_ID])
const LOG_FIELD = nameRule('a field name', FIELD, LOGGER_FIELDS)

/** Reads the baggage key; undefined means that the ID does not travel in baggage. */
export function readBaggageKey(reader: EnvReader): string | undefined {
  const row = variable('CORRELATION_BAGGAGE_KEY')
  return reader.name(row, BAGGAGE_KEY, row.default)
}

/** Reads the attribute of spans and log records; undefined means that none is set. */
export function readSpanAttribute(reader: EnvReader): string | undefined {
  const row = variable('CORRELATION_SPAN_ATTRIBUTE')
  return reader.name(row, SPAN_ATTRIBUTE, row.default)
}

/** Reads the field of log lines; undefined means that none is set. */
export function readLogField(reader: EnvReader): string | undefined {
  const row = variable('CORRELATION_LOG_FIELD')
  return reader.name(row, LOG_FIELD, row.default)
}

function nameRule(kind: string, alphabet: RegExp, reserved: readonly string[]): EntryRule {
  return {
    allowed: `${kind} of at most ${MAX_LENGTH} characters that nothing else uses (${alphabet.source})`,
    normalize: (name) => name,
    faultOf: (name) => {
      if (name.length > MAX_LENGTH) return kindOf(name)
      if (!alphabet.test(name)) return `${kindOf(name)} that is not ${kind}`
      // `__proto__` as a key of a record would be lost, `constructor` looks as if it were there already.
      if (reserved.includes(name) || name in Object.prototype) return 'a name that has another meaning'
      return undefined
    },
  }
}
