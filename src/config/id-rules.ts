// SPDX-License-Identifier: Apache-2.0
import { ID_PATTERNS, type IdFormat, type IdProblem, type IdRules, problemOf } from '../correlation/id.ts'
import { type EnvReader, kindOf } from './env.ts'
import { isSlow } from './slow-pattern.ts'
import { variable } from './variables.ts'

const MAX_SOURCE_LENGTH = 1024

/**
 * The first and the last ID of each format, and two that between them have every digit. Fixed ones instead of
 * generated ones: the same configuration must give the same answer at every start.
 */
const SAMPLES: Readonly<Record<IdFormat, readonly string[]>> = {
  uuidv4: [
    '00000000-0000-4000-8000-000000000000',
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
    '01234567-89ab-4cde-9f01-23456789abcd',
    'fedcba98-7654-4321-a0fe-dcba98765432',
  ],
  uuidv7: [
    '00000000-0000-7000-8000-000000000000',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
    '01234567-89ab-7cde-9f01-23456789abcd',
    'fedcba98-7654-7321-a0fe-dcba98765432',
  ],
  ulid: [
    '00000000000000000000000000',
    '7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '0123456789ABCDEFGHJKMNPQRS',
    '7TVWXYZSRQPNMKJHGFEDCBA987',
  ],
  hex32: [
    '00000000000000000000000000000000',
    'ffffffffffffffffffffffffffffffff',
    '0123456789abcdef0123456789abcdef',
    'fedcba9876543210fedcba9876543210',
  ],
}

/** What a pattern must get through quickly: the samples themselves, and the beginnings that backtracking takes longest on. */
const PROBES: readonly string[] = [
  ...Object.values(SAMPLES).flat(),
  ...['a', 'A', '0', '-'].map((c) => `${c.repeat(64)}~`),
]

/** Which format stands in for the default where the rules refuse it: the random ones before those that tell the time. */
const PREFERENCE: readonly IdFormat[] = ['uuidv4', 'hex32', 'uuidv7', 'ulid']

/** Reads what an accepted ID looks like. */
export function readIdRules(reader: EnvReader): IdRules {
  return Object.freeze({
    pattern: readPattern(reader),
    maxLength: reader.integer(variable('CORRELATION_ID_MAX_LENGTH')),
  })
}

/** Reads the format of generated IDs; unset, it is one that the rules accept, or two services would refuse each other's. */
export function readIdFormat(reader: EnvReader, rules: IdRules): IdFormat {
  const row = variable('CORRELATION_ID_FORMAT')
  const fitting = PREFERENCE.find((each) => clashOf(each, rules) === undefined)
  const format = reader.word({ ...row, default: fitting ?? row.default })
  const clash = clashOf(format, rules)
  if (clash !== undefined) {
    const refusing = clash === 'too_long' ? 'CORRELATION_ID_MAX_LENGTH' : 'CORRELATION_ID_PATTERN'
    reader.addProblem(
      `${row.name} is ${format}, whose IDs ${refusing} refuses; allowed: a format that it accepts; ` +
        `using ${format} all the same: other services with this configuration will refuse these IDs.`,
    )
  }
  return format
}

function clashOf(format: IdFormat, rules: IdRules): IdProblem | undefined {
  for (const sample of SAMPLES[format]) {
    const problem = problemOf(sample, rules)
    if (problem !== undefined) return problem
  }
  return undefined
}

function readPattern(reader: EnvReader): RegExp {
  const row = variable('CORRELATION_ID_PATTERN')
  const text = reader.text(row.name)
  if (text === undefined) return ID_PATTERNS[row.default]
  const lower = text.toLowerCase()
  const word = row.type.words.find((each) => each === lower)
  if (word !== undefined) return ID_PATTERNS[word]
  const pattern = text.startsWith('/') ? compile(text) : `${kindOf(text)} that is no pattern`
  if (typeof pattern !== 'string') return pattern
  const allowed = `${row.type.words.join(', ')}, or a regular expression /…/ of at most ${MAX_SOURCE_LENGTH} characters`
  reader.reportUnusable(row, pattern, allowed)
  return ID_PATTERNS[row.default]
}

/** Compiles `/…/`, or names what is wrong with it. */
function compile(text: string): RegExp | string {
  if (text.length > MAX_SOURCE_LENGTH) return kindOf(text)
  if (!text.endsWith('/')) return 'a regular expression with flags or without its last slash'
  const source = text.slice(1, -1)
  if (source === '') return 'an empty regular expression'
  try {
    // Alone first: `a)|(?:b` is valid only inside the group that anchors it, which it would open.
    new RegExp(source)
    const pattern = new RegExp(`^(?:${source})$`)
    return isSlow(pattern, PROBES) ? 'a regular expression that takes seconds on a short text' : pattern
  } catch {
    return 'a regular expression that does not compile'
  }
}
