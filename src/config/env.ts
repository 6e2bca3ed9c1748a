// SPDX-License-Identifier: Apache-2.0

/** Environment variables as a value, so that parsing them is pure. */
export type Env = Readonly<Record<string, string | undefined>>

/** What a name, or one entry of a list, must be. */
export interface EntryRule {
  /** Completes "allowed: …" in a problem sentence. */
  readonly allowed: string
  readonly normalize: (entry: string) => string
  /** Names the kind of an unusable text, never the text itself; undefined when it is usable. */
  readonly faultOf: (entry: string) => string | undefined
}

/** The part of a row of the variables' table that a reader needs. */
interface Row {
  readonly name: string
  readonly default: string | undefined
  readonly derived?: string
}

interface Range {
  readonly min: number
  readonly max: number
}

/**
 * Reads typed values. Blank means unset; garbage means the default and one problem sentence, as OpenTelemetry specifies:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-environment-variable-values
 */
export class EnvReader {
  readonly #env: Env
  readonly #problems: string[] = []

  constructor(env: Env) {
    this.#env = env
  }

  /** One sentence for each variable that could not be used as it is; no sentence quotes a value. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Adds a sentence; it must not quote a value. */
  addProblem(sentence: string): void {
    this.#problems.push(sentence)
  }

  /** Adds the sentence for a value that could not be used. */
  reportUnusable(row: Row, seen: string, allowed: string): void {
    this.#report(row, seen, allowed, `the default (${row.default ?? row.derived ?? 'unset'})`)
  }

  /** Reads a text without the white space around it. */
  text(name: string): string | undefined {
    const text = this.#env[name]
    // A caller of `start()` may hand in anything; only texts come from a real environment.
    const trimmed = typeof text === 'string' ? text.trim() : ''
    return trimmed === '' ? undefined : trimmed
  }

  boolean(row: { readonly name: string; readonly default: 'true' | 'false' }): boolean {
    return this.word({ ...row, type: { words: ['true', 'false'] } }) === 'true'
  }

  word<const Word extends string>(row: {
    readonly name: string
    readonly type: { readonly words: readonly Word[] }
    readonly default: NoInfer<Word>
  }): Word {
    const text = this.text(row.name)
    if (text === undefined) return row.default
    const lower = text.toLowerCase()
    const word = row.type.words.find((each) => each === lower)
    if (word !== undefined) return word
    this.reportUnusable(row, wordFault(text), row.type.words.join(', '))
    return row.default
  }

  integer(row: { readonly name: string; readonly type: Range; readonly default: string }): number {
    const text = this.text(row.name)
    if (text === undefined) return Number(row.default)
    const fault =
      numberFault(text, row.type) ?? (Number.isInteger(Number(text)) ? undefined : 'a number with a fraction')
    if (fault === undefined) return toNumber(text)
    const { min, max } = row.type
    this.reportUnusable(row, fault, `a whole number from ${min} to ${max}`)
    return Number(row.default)
  }

  /** Reads a number that is undefined where it is unset. */
  number(row: Row & { readonly type: Range }): number | undefined {
    const text = this.text(row.name)
    if (text === undefined) return undefined
    const fault = numberFault(text, row.type)
    if (fault === undefined) return toNumber(text)
    this.reportUnusable(row, fault, `a number from ${row.type.min} to ${row.type.max}`)
    return undefined
  }

  /** Reads a name; the word `none` gives undefined. */
  name(row: Row, rule: EntryRule, fallback: string): string | undefined {
    const text = this.text(row.name)
    if (text === undefined) return fallback
    if (text.toLowerCase() === 'none') return undefined
    const name = rule.normalize(text)
    const fault = rule.faultOf(name)
    if (fault === undefined) return name
    this.reportUnusable(row, fault, `${rule.allowed}, or none`)
    return fallback
  }

  /** Reads a list without its duplicates and unusable entries; where nothing is left, gives the fallback. */
  list(row: Row, rule: EntryRule, fallback: readonly string[]): readonly string[] {
    const text = this.text(row.name)
    if (text === undefined) return Object.freeze([...fallback])
    const usable = new Set<string>()
    const faults: string[] = []
    for (const [index, each] of text.split(',').entries()) {
      const entry = rule.normalize(each.trim())
      const fault = entry === '' ? 'an empty text' : rule.faultOf(entry)
      if (fault === undefined) usable.add(entry)
      else faults.push(`${fault} (entry ${index + 1})`)
    }
    const used = usable.size > 0 ? [...usable] : [...fallback]
    if (faults.length > 0) {
      if (usable.size > 0) this.#report(row, enumerate(faults), rule.allowed, 'the other entries')
      else this.reportUnusable(row, enumerate(faults), rule.allowed)
    }
    return Object.freeze(used)
  }

  #report(row: Row, seen: string, allowed: string, used: string): void {
    this.addProblem(`${row.name} holds ${seen}; allowed: ${allowed}; using ${used}.`)
  }
}

/** Names the kind of a text that was refused, so that its author finds it and nobody else learns it. */
export function kindOf(text: string): string {
  if (text.length <= 32 && NUMBER.test(text)) return 'a number'
  if (/^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(text)) return 'a word'
  return `a text of ${text.length} ${text.length === 1 ? 'character' : 'characters'}`
}

// Each repetition is followed by what it cannot match, so that a long run of digits is read once.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

function wordFault(text: string): string {
  const kind = kindOf(text)
  return kind === 'a word' ? 'a word that is not in the list' : kind
}

function numberFault(text: string, { min, max }: Range): string | undefined {
  const kind = kindOf(text)
  if (kind !== 'a number') return kind
  const number = Number(text)
  if (number < min) return `a number below ${min}`
  if (number > max) return `a number above ${max}`
  return undefined
}

/** Turns a checked text into a number; adding 0 makes `-0` an ordinary zero. */
function toNumber(text: string): number {
  return Number(text) + 0
}

/** Joins the first few: one sentence must stay readable however long the list is. */
function enumerate(faults: readonly string[]): string {
  const shown = faults.slice(0, 3).join(', ')
  return faults.length > 3 ? `${shown} and ${faults.length - 3} more` : shown
}
