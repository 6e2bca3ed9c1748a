// SPDX-License-Identifier: Apache-2.0
import { ID_PATTERNS } from '../correlation/id.ts'
import type { Config } from './config.ts'
import { VARIABLES, type VariableName } from './variables.ts'

/** What may be printed as it is: lists that are checked elsewhere can still hold anything here. */
const PRINTABLE = /^[\x20-\x7e]{1,1100}$/

const DESCRIBE: Readonly<Record<VariableName, (config: Config) => string>> = {
  CORRELATION_ENABLED: (config) => String(config.enabled),
  CORRELATION_SDK: (config) => config.sdk,
  CORRELATION_HEADERS: (config) => config.headers.join(','),
  CORRELATION_RESPONSE_HEADER: (config) => config.responseHeader ?? 'none',
  CORRELATION_OUTBOUND_HEADER: (config) => config.outboundHeaders.join(',') || 'none',
  CORRELATION_BAGGAGE_KEY: (config) => config.baggageKey ?? 'none',
  CORRELATION_SPAN_ATTRIBUTE: (config) => config.spanAttribute ?? 'none',
  CORRELATION_LOG_FIELD: (config) => config.logField ?? 'none',
  CORRELATION_ID_FORMAT: (config) => config.idFormat,
  CORRELATION_ID_PATTERN: (config) => describePattern(config.idRules.pattern),
  CORRELATION_ID_MAX_LENGTH: (config) => String(config.idRules.maxLength),
  CORRELATION_ON_MISSING: (config) => config.onMissing,
  CORRELATION_ON_INVALID: (config) => config.onInvalid,
  CORRELATION_ON_CONFLICT: (config) => config.onConflict,
  CORRELATION_TRUST: (config) => describeEntries(config.trust),
  CORRELATION_REWRITE_REQUEST: (config) => String(config.rewriteRequest),
  CORRELATION_PROPAGATE_TO: (config) => describeEntries(config.propagateTo),
  CORRELATION_STRIP_FORWARDED: (config) => String(config.stripForwarded),
  CORRELATION_ERROR_BODY: (config) => config.errorBody,
  CORRELATION_EXPOSE_HEADER: (config) => String(config.exposeHeader),
  CORRELATION_MESSAGING: (config) => String(config.messaging),
  CORRELATION_JOBS: (config) => config.jobs,
  CORRELATION_SAMPLE_RATIO: (config) => (config.sampleRatio === undefined ? 'unset' : String(config.sampleRatio)),
  CORRELATION_FROM_ENV: (config) => String(config.fromEnv),
  CORRELATION_SHUTDOWN_TIMEOUT_MS: (config) => String(config.shutdownTimeoutMs),
  CORRELATION_STRICT: (config) => String(config.strict),
}

/** Gives the effective values by variable name, for the start-up report. */
export function describeConfig(config: Config): readonly (readonly [name: VariableName, value: string])[] {
  return VARIABLES.map((row) => [row.name, DESCRIBE[row.name](config)] as const)
}

function describePattern(pattern: RegExp): string {
  const named = Object.entries(ID_PATTERNS).find(([, each]) => each === pattern)
  if (named !== undefined) return named[0]
  // `loadConfig` puts the source into an anchoring group; the author wrote what is inside.
  const source = /^\^\(\?:(.+)\)\$$/s.exec(pattern.source)?.[1] ?? pattern.source
  return PRINTABLE.test(source) ? `/${source}/` : describeUnprintable(source)
}

function describeEntries(entries: readonly string[]): string {
  return entries.map((entry) => (SAFE_ENTRY.test(entry) ? entry : describeUnprintable(entry))).join(',')
}

/** Host patterns, addresses and words, and nothing that could carry a secret of a URL. */
const SAFE_ENTRY = /^!?[A-Za-z0-9.*:/[\]_-]{1,255}$/

function describeUnprintable(text: string): string {
  return `(a text of ${text.length} characters)`
}
