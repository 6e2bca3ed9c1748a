// SPDX-License-Identifier: Apache-2.0
import { type CorrelationId, generateId, ID_PATTERNS, type IdProblem, type IdRules, problemOf } from './id.ts'

/** Where the ID in force came from. */
export type Source = 'header' | 'baggage' | 'generated'

/** What was noticed about the caller's ID; `none` when nothing was. */
export type Reason = 'none' | 'missing' | IdProblem | 'conflict' | 'untrusted'

/** The outcome for one request or message. */
export interface Decision {
  readonly id: CorrelationId
  readonly source: Source
  readonly reason: Reason
  /** A well-formed ID from a peer whose IDs are not adopted. */
  readonly receivedId: CorrelationId | undefined
  /** The policy asks for a 400 instead of the application's answer. */
  readonly reject: boolean
}

/** What came in. */
export interface Received {
  /** The field values of each configured header name, in the order of precedence. */
  readonly headers: readonly (readonly string[])[]
  /** Reads the baggage entry; called only when no header has an ID, because parsing baggage costs. */
  readonly baggage: () => string | undefined
  readonly trusted: boolean
}

/** The policies of `CORRELATION_ON_*` and what an ID looks like. */
export interface DecideRules {
  readonly idRules: IdRules
  readonly onMissing: 'generate' | 'reject'
  readonly onInvalid: 'regenerate' | 'reject'
  readonly onConflict: 'first' | 'last' | 'regenerate' | 'reject'
  readonly generate: () => CorrelationId
}

/** What holds where nothing is configured. */
export const DEFAULT_RULES: DecideRules = {
  idRules: { pattern: ID_PATTERNS.token, maxLength: 128 },
  onMissing: 'generate',
  onInvalid: 'regenerate',
  onConflict: 'first',
  generate: () => generateId('uuidv4'),
}

/** The usual request, decided without a list of anything: no ID at all came in. */
export function decideMissing(rules: DecideRules): Decision {
  return generated(rules, 'missing', rules.onMissing === 'reject')
}

/** The other usual request: the first name that is there has one value. Undefined where {@link decide} has to look closer. */
export function decideSole(value: string, trusted: boolean, rules: DecideRules): Decision | undefined {
  if (!trusted || value.includes(',') || problemOf(value, rules.idRules) !== undefined) return undefined
  return { id: value as CorrelationId, source: 'header', reason: 'none', receivedId: undefined, reject: false }
}

/** Chooses the one ID of a request. Pure but for `rules.generate`. */
export function decide(received: Received, rules: DecideRules): Decision {
  let problem: IdProblem | 'conflict' | undefined
  let adopted: CorrelationId | undefined
  let source: Source = 'header'

  for (const fieldValues of received.headers) {
    if (fieldValues.length === 0) continue
    const values = distinctValues(fieldValues, rules.idRules)
    const ids: CorrelationId[] = []
    for (const value of values) {
      const found = problemOf(value, rules.idRules)
      if (found === undefined) ids.push(value as CorrelationId)
      else problem ??= found
    }
    if (ids.length === 0) continue
    if (values.length > 1) {
      if (rules.onConflict === 'regenerate') return generated(rules, 'conflict')
      if (rules.onConflict === 'reject') return generated(rules, 'conflict', true)
      problem = 'conflict'
    }
    adopted = rules.onConflict === 'last' ? ids[ids.length - 1] : ids[0]
    break
  }

  if (adopted === undefined) {
    const entry = received.baggage()
    if (entry !== undefined && entry !== '') {
      const found = problemOf(entry, rules.idRules)
      if (found === undefined) {
        adopted = entry as CorrelationId
        source = 'baggage'
      } else {
        problem ??= found
      }
    }
  }

  if (adopted !== undefined) {
    if (!received.trusted) return generated(rules, 'untrusted', false, adopted)
    return { id: adopted, source, reason: problem ?? 'none', receivedId: undefined, reject: false }
  }
  if (problem !== undefined) return generated(rules, problem, rules.onInvalid === 'reject')
  return generated(rules, 'missing', rules.onMissing === 'reject')
}

function generated(rules: DecideRules, reason: Reason, reject = false, receivedId?: CorrelationId): Decision {
  return { id: rules.generate(), source: 'generated', reason, receivedId, reject }
}

/**
 * Splits what proxies and Node join with commas, and drops blanks and equal repeats: two instrumentations
 * of one caller really do send `a, a`. A line that is an ID as a whole stays whole, since a custom pattern may allow commas.
 */
function distinctValues(fieldValues: readonly string[], idRules: IdRules): readonly string[] {
  const first = fieldValues[0] as string
  if (fieldValues.length === 1 && !first.includes(',')) {
    const value = first.trim()
    return value === '' ? [] : [value]
  }
  const values = new Set<string>()
  for (const line of fieldValues) {
    const whole = line.trim()
    if (!whole.includes(',') || problemOf(whole, idRules) === undefined) {
      if (whole !== '') values.add(whole)
      continue
    }
    for (const part of whole.split(',')) {
      const value = part.trim()
      if (value !== '') values.add(value)
    }
  }
  return [...values]
}
