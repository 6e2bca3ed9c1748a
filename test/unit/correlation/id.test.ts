// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { generateId, ID_PATTERNS, type IdFormat, parseId, problemOf } from '../../../src/correlation/id.ts'

const TOKEN = { pattern: ID_PATTERNS.token, maxLength: 128 }

/** What each format promises, written down from its specification and not from the code. */
const FORMATS: Readonly<Record<IdFormat, RegExp>> = {
  uuidv4: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  uuidv7: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  hex32: /^[0-9a-f]{32}$/,
}

/** The millisecond that a time-ordered ID says it was made in. */
const TIMES: Partial<Record<IdFormat, (id: string) => number>> = {
  uuidv7: (id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16),
  ulid: (id) =>
    [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit), 0),
}

describe('generateId', () => {
  for (const format of Object.keys(FORMATS) as IdFormat[]) {
    it(`makes ${format}: well-formed, never twice the same, accepted by the default rules`, () => {
      const ids = Array.from({ length: 2000 }, () => generateId(format))
      for (const id of ids) {
        assert.match(id, FORMATS[format])
        assert.equal(problemOf(id, TOKEN), undefined)
      }
      assert.equal(new Set(ids).size, ids.length)
    })
  }

  for (const [format, timeOf] of Object.entries(TIMES)) {
    it(`puts the time into ${format}`, () => {
      const before = Date.now()
      const time = timeOf(generateId(format as IdFormat))
      assert.ok(time >= before && time <= Date.now(), `${time} is not now`)
    })
  }
})

const ACCEPTED: Readonly<Record<keyof typeof ID_PATTERNS, readonly string[]>> = {
  token: [
    'a',
    '_',
    '-1',
    '550e8400-e29b-41d4-a716-446655440000',
    '1-67891233-abcdef012345678912345678',
    'req-1.2:3@host=/+~',
    'Zf3k_9-AAA==',
    'x'.repeat(128),
  ],
  uuid: ['550e8400-e29b-41d4-a716-446655440000', '550E8400-E29B-41D4-A716-446655440000'],
  ulid: ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01arz3ndektsv4rrffq69g5fav'],
  hex32: ['0af7651916cd43dd8448eb211c80319c', '0AF7651916CD43DD8448EB211C80319C'],
}

const HOSTILE = [
  '',
  ' ',
  'a b',
  'a\r\nset-cookie: x',
  'a\nb',
  'a\0',
  'a\t',
  'a\n',
  '\u00e9',
  'a\u2028',
  '<script>',
  '#{jndi:ldap://x}',
  '%0d%0a',
  '"',
  "'",
  '`',
  '\\',
  '\u001b[31m',
  'a;b',
  'a,b',
  '.hidden',
  '/etc/passwd',
  '=cmd',
  '+1',
  '@x',
  '~',
]

describe('problemOf', () => {
  for (const [name, ids] of Object.entries(ACCEPTED)) {
    it(`finds nothing wrong with IDs of pattern ${name}`, () => {
      const rules = { pattern: ID_PATTERNS[name as keyof typeof ID_PATTERNS], maxLength: 128 }
      for (const id of ids) {
        assert.equal(problemOf(id, rules), undefined, JSON.stringify(id))
        assert.equal(parseId(id, rules), id)
      }
    })

    it(`refuses what is hostile with pattern ${name}`, () => {
      const rules = { pattern: ID_PATTERNS[name as keyof typeof ID_PATTERNS], maxLength: 128 }
      for (const text of HOSTILE) {
        assert.equal(problemOf(text, rules), 'malformed', JSON.stringify(text))
        assert.equal(parseId(text, rules), undefined)
      }
    })
  }

  it('checks the length first, at the exact boundary', () => {
    const rules = { pattern: ID_PATTERNS.token, maxLength: 8 }
    assert.equal(problemOf('12345678', rules), undefined)
    assert.equal(problemOf('123456789', rules), 'too_long')
    assert.equal(problemOf('\n'.repeat(9), rules), 'too_long')
  })

  it('does not run the pattern on a text that is too long', () => {
    const pattern = /^a$/
    pattern.test = () => assert.fail('the pattern was run')
    assert.equal(problemOf('aaa', { pattern, maxLength: 2 }), 'too_long')
  })

  it('lets nothing but visible ASCII through, whatever the pattern says', () => {
    const rules = { pattern: /^[\s\S]*$/, maxLength: 128 }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const isVisible = text !== '' && [...text].every((c) => c > ' ' && c < '\u007f')
        assert.equal(problemOf(text, rules), isVisible ? undefined : 'malformed')
      }),
    )
  })
})
