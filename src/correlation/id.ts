// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { generateUuid } from './uuid.ts'

declare const brand: unique symbol

/** A correlation ID that was checked or generated: only `parseId` and `generateId` make one. */
export type CorrelationId = string & { readonly [brand]: true }

/** The formats that `CORRELATION_ID_FORMAT` names. */
export type IdFormat = 'uuidv4' | 'uuidv7' | 'ulid' | 'hex32'

/** What an accepted ID looks like. */
export interface IdRules {
  /** Anchored, compiled once. */
  readonly pattern: RegExp
  /** In characters; checked before the pattern so that a hostile value costs nothing. */
  readonly maxLength: number
}

/** The named patterns of `CORRELATION_ID_PATTERN`. */
export const ID_PATTERNS = {
  token: /^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]*$/,
  uuid: /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/,
  hex32: /^[0-9a-fA-F]{32}$/,
} as const satisfies Record<string, RegExp>

/**
 * No configured pattern may let these through: the ID goes into header lines, log lines and baggage,
 * so only visible ASCII is safe in all of them, whatever a custom pattern says.
 */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/

/** What is wrong with a text that is not an ID. */
export type IdProblem = 'malformed' | 'too_long'

/** Checks untrusted text: its length first, then its alphabet. Returns the problem, or undefined when it is an ID. */
export function problemOf(text: string, rules: IdRules): IdProblem | undefined {
  if (text.length > rules.maxLength) return 'too_long'
  if (!VISIBLE_ASCII.test(text) || !rules.pattern.test(text)) return 'malformed'
  return undefined
}

/** Turns untrusted text into an ID, or undefined. */
export function parseId(text: string, rules: IdRules): CorrelationId | undefined {
  return problemOf(text, rules) === undefined ? (text as CorrelationId) : undefined
}

/** Makes a new ID from a cryptographic random source. */
export function generateId(format: IdFormat): CorrelationId {
  return GENERATORS[format]() as string as CorrelationId
}

const GENERATORS: Readonly<Record<IdFormat, () => string>> = {
  uuidv4: generateUuid,
  uuidv7,
  ulid,
  hex32: () => randomBytes(16).toString('hex'),
}

/** RFC 9562, section 5.7: 48 bits of Unix milliseconds, then random bits. */
function uuidv7(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** https://github.com/ulid/spec: 48 bits of Unix milliseconds and 80 random bits in Crockford's base 32. */
function ulid(): string {
  let time = Date.now()
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = CROCKFORD.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (const byte of randomBytes(16)) tail += CROCKFORD.charAt(byte & 31)
  return head + tail
}
