// SPDX-License-Identifier: Apache-2.0
import { ID_PATTERNS } from '../../src/correlation/id.ts'

/** What a client sends, as header lines, and what is to become of it. */
export interface IdCase {
  readonly title: string
  readonly lines: readonly string[]
  /** The ID in force; undefined for a new one. */
  readonly kept: string | undefined
}

/** Is in every value that is to be refused, so that it can be looked for everywhere. */
export const REFUSED = 'unwelcome'

const ASCII = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index))
const ALPHABET = ASCII.filter((character) => ID_PATTERNS.token.test(`a${character}`))

const header = (value: string) => [`X-Correlation-ID: ${value}`]
const kept = (title: string, value: string): IdCase => ({ title, lines: header(value), kept: value })
const minted = (title: string, value: string): IdCase => ({ title, lines: header(value), kept: undefined })
/** Text as its UTF-8 bytes, each a character: the requests are sent as Latin-1. */
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

export const ID_CASES: readonly IdCase[] = [
  { title: 'no header', lines: [], kept: undefined },
  kept('a UUID', '0198c5a4-7c1e-7b52-9d3f-3f6f0c6b8d21'),
  kept('one character', 'a'),
  kept('every character of the alphabet', `a${ALPHABET.join('')}`),
  kept('128 characters', 'x'.repeat(128)),
  minted('129 characters', REFUSED.padEnd(129, 'x')),
  minted('4,000 characters', REFUSED.padEnd(4000, 'x')),
  { title: 'a name in lower case', lines: ['x-correlation-id: lower-1'], kept: 'lower-1' },
  { title: 'a name in mixed case', lines: ['x-CORRELATION-Id: mixed-1'], kept: 'mixed-1' },
  { title: 'blanks around', lines: ['X-Correlation-ID:   blanks-1  '], kept: 'blanks-1' },
  { title: 'no blank before', lines: ['X-Correlation-ID:tight-1'], kept: 'tight-1' },
  { title: 'an empty value', lines: ['X-Correlation-ID:'], kept: undefined },
  { title: 'nothing but blanks', lines: ['X-Correlation-ID:   '], kept: undefined },
  minted('two in one line', `${REFUSED}-1, ${REFUSED}-2`),
  minted('UTF-8', utf8(`${REFUSED}-ü-日本`)),
  minted('Latin-1', `${REFUSED}-\xe9`),
  minted('a byte order mark', `\xef\xbb\xbf${REFUSED}`),
  minted('a tab', `${REFUSED}\tx`),
  minted('markup', `${REFUSED}<script>alert(1)</script>`),
  minted('the end of a JSON text', `${REFUSED}","status":200}`),
  minted("nginx's variable", `${REFUSED}$request_id`),
  minted("HAProxy's expression", `${REFUSED}%[hostname]`),
  minted("Caddy's placeholder", `${REFUSED}{http.request.host}`),
  minted("Envoy's operator", `${REFUSED}%REQ(HOST)%`),
]

/** Every printable character inside an ID and at its beginning, by the package's own pattern. */
export const CHARACTER_CASES: readonly IdCase[] = ASCII.flatMap((character) => [
  judged(`a${character}`),
  // A blank at the beginning belongs to the header line, not to the value.
  ...(character === ' ' ? [] : [judged(character)]),
])

function judged(beginning: string): IdCase {
  const isId = ID_PATTERNS.token.test(`${beginning}z`)
  return isId ? kept(beginning, `${beginning}z`) : minted(beginning, beginning + REFUSED)
}
