// SPDX-License-Identifier: Apache-2.0
import type { IdFormat, IdRules } from '../correlation/id.ts'
import { type EntryRule, type Env, EnvReader } from './env.ts'
import { readHeaders, readOutboundHeaders, readResponseHeader } from './header-name.ts'
import { readIdFormat, readIdRules } from './id-rules.ts'
import { readBaggageKey, readLogField, readSpanAttribute } from './projection-name.ts'
import { unknownVariableProblems } from './unknown-variables.ts'
import { variable } from './variables.ts'

/** What the environment asks for, checked and complete. `variables.ts` says what each variable means. */
export interface Config {
  /** Set by `CORRELATION_ENABLED`. */
  readonly enabled: boolean
  /** Set by `CORRELATION_SDK`. */
  readonly sdk: 'auto' | 'own' | 'off'
  /** Inbound names by precedence, in lower case, at least one. Set by `CORRELATION_HEADERS`. */
  readonly headers: readonly string[]
  /** Undefined sends none. Set by `CORRELATION_RESPONSE_HEADER`. */
  readonly responseHeader: string | undefined
  /** Empty sends none. Set by `CORRELATION_OUTBOUND_HEADER`. */
  readonly outboundHeaders: readonly string[]
  /** Undefined turns it off. Set by `CORRELATION_BAGGAGE_KEY`. */
  readonly baggageKey: string | undefined
  /** Undefined turns it off. Set by `CORRELATION_SPAN_ATTRIBUTE`. */
  readonly spanAttribute: string | undefined
  /** Undefined turns it off. Set by `CORRELATION_LOG_FIELD`. */
  readonly logField: string | undefined
  /** Set by `CORRELATION_ID_FORMAT`. */
  readonly idFormat: IdFormat
  /** Set by `CORRELATION_ID_PATTERN` and `CORRELATION_ID_MAX_LENGTH`. */
  readonly idRules: IdRules
  /** Set by `CORRELATION_ON_MISSING`. */
  readonly onMissing: 'generate' | 'reject'
  /** Set by `CORRELATION_ON_INVALID`. */
  readonly onInvalid: 'regenerate' | 'reject'
  /** Set by `CORRELATION_ON_CONFLICT`. */
  readonly onConflict: 'first' | 'last' | 'regenerate' | 'reject'
  /** Words and CIDRs in lower case, not yet checked: `propagation/trust.ts` does. Set by `CORRELATION_TRUST`. */
  readonly trust: readonly string[]
  /** Set by `CORRELATION_REWRITE_REQUEST`. */
  readonly rewriteRequest: boolean
  /** Entries not yet checked: `propagation/outbound-policy.ts` does. Set by `CORRELATION_PROPAGATE_TO`. */
  readonly propagateTo: readonly string[]
  /** Set by `CORRELATION_STRIP_FORWARDED`. */
  readonly stripForwarded: boolean
  /** Set by `CORRELATION_ERROR_BODY`. */
  readonly errorBody: 'off' | 'default-page' | 'problem'
  /** Set by `CORRELATION_EXPOSE_HEADER`. */
  readonly exposeHeader: boolean
  /** Set by `CORRELATION_MESSAGING`. */
  readonly messaging: boolean
  /** Set by `CORRELATION_JOBS`. */
  readonly jobs: 'link' | 'parent'
  /** From 0 to 1; undefined leaves sampling to `OTEL_TRACES_SAMPLER`. Set by `CORRELATION_SAMPLE_RATIO`. */
  readonly sampleRatio: number | undefined
  /** Set by `CORRELATION_FROM_ENV`. */
  readonly fromEnv: boolean
  /** Set by `CORRELATION_SHUTDOWN_TIMEOUT_MS`. */
  readonly shutdownTimeoutMs: number
  /** Set by `CORRELATION_STRICT`. */
  readonly strict: boolean
}

/** A complete configuration, and a sentence for each thing in the environment that could not be used. */
export interface LoadedConfig {
  readonly config: Config
  readonly problems: readonly string[]
}

/** What the propagation modules check themselves: here only empty entries are faults. */
const UNCHECKED: EntryRule = {
  allowed: 'entries with a comma between them',
  normalize: (entry) => entry,
  faultOf: () => undefined,
}

const UNCHECKED_LOWER_CASE: EntryRule = { ...UNCHECKED, normalize: (entry) => entry.toLowerCase() }

/** Turns environment variables into a frozen configuration. Never throws; what is unusable becomes its default. */
export function loadConfig(env: Env): LoadedConfig {
  const reader = new EnvReader(env)
  const headers = readHeaders(reader)
  const idRules = readIdRules(reader)
  const trust = variable('CORRELATION_TRUST')
  const propagateTo = variable('CORRELATION_PROPAGATE_TO')
  const config: Config = {
    enabled: reader.boolean(variable('CORRELATION_ENABLED')),
    sdk: reader.word(variable('CORRELATION_SDK')),
    headers,
    responseHeader: readResponseHeader(reader, headers),
    outboundHeaders: readOutboundHeaders(reader, headers),
    baggageKey: readBaggageKey(reader),
    spanAttribute: readSpanAttribute(reader),
    logField: readLogField(reader),
    idFormat: readIdFormat(reader, idRules),
    idRules,
    onMissing: reader.word(variable('CORRELATION_ON_MISSING')),
    onInvalid: reader.word(variable('CORRELATION_ON_INVALID')),
    onConflict: reader.word(variable('CORRELATION_ON_CONFLICT')),
    trust: reader.list(trust, UNCHECKED_LOWER_CASE, [trust.default]),
    rewriteRequest: reader.boolean(variable('CORRELATION_REWRITE_REQUEST')),
    propagateTo: reader.list(propagateTo, UNCHECKED, [propagateTo.default]),
    stripForwarded: reader.boolean(variable('CORRELATION_STRIP_FORWARDED')),
    errorBody: reader.word(variable('CORRELATION_ERROR_BODY')),
    exposeHeader: reader.boolean(variable('CORRELATION_EXPOSE_HEADER')),
    messaging: reader.boolean(variable('CORRELATION_MESSAGING')),
    jobs: reader.word(variable('CORRELATION_JOBS')),
    sampleRatio: reader.number(variable('CORRELATION_SAMPLE_RATIO')),
    fromEnv: reader.boolean(variable('CORRELATION_FROM_ENV')),
    shutdownTimeoutMs: reader.integer(variable('CORRELATION_SHUTDOWN_TIMEOUT_MS')),
    strict: reader.boolean(variable('CORRELATION_STRICT')),
  }
  const problems = Object.freeze([...reader.problems, ...unknownVariableProblems(env)])
  return Object.freeze({ config: Object.freeze(config), problems })
}
