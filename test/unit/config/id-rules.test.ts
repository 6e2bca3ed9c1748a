// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import { generateId, type IdFormat, parseId } from '../../../src/correlation/id.ts'

const CLASH = 'other services with this configuration will refuse these IDs.'

describe('CORRELATION_ID_PATTERN with a regular expression', () => {
  const cases = [
    { text: '/[a-z]{3}/', accepts: ['abc'], refuses: ['abcd', 'xabc', 'ab', 'ABC'] },
    { text: '/a|b/', accepts: ['a', 'b'], refuses: ['ax', 'xb'] },
    { text: '/^req-\\d+$/', accepts: ['req-1'], refuses: ['xreq-1', 'req-1x'] },
    { text: '/[a-z/]+/', accepts: ['a/b'], refuses: ['a-b'] },
    { text: '/a\\/b/', accepts: ['a/b'], refuses: ['ab'] },
    { text: '/.*/', accepts: ['~anything!'], refuses: ['a b', 'a\nb', '\u001b[31m', 'é', ''] },
    { text: '/(?:[a-z]+-)+[a-z]+/', accepts: ['one-two-three'], refuses: ['one', `${'a'.repeat(120)}!`] },
  ]
  for (const { text, accepts, refuses } of cases) {
    it(`anchors ${text}`, () => {
      const { config } = loadConfig({ CORRELATION_ID_PATTERN: text })
      for (const id of accepts) assert.equal(parseId(id, config.idRules), id)
      for (const id of refuses) assert.equal(parseId(id, config.idRules), undefined, JSON.stringify(id))
    })
  }

  const unusable = [
    { text: '//', kind: 'an empty regular expression' },
    { text: '/', kind: 'an empty regular expression' },
    { text: '/a/i', kind: 'a regular expression with flags or without its last slash' },
    { text: '/abc', kind: 'a regular expression with flags or without its last slash' },
    { text: '/a(/', kind: 'a regular expression that does not compile' },
    { text: '/a\\/', kind: 'a regular expression that does not compile' },
    { text: '/a)|(?:b/', kind: 'a regular expression that does not compile' },
    { text: '/([a-z0-9]+)+!/', kind: 'a regular expression that takes seconds on a short text' },
    { text: `/${'a'.repeat(1023)}/`, kind: 'a text of 1025 characters' },
  ]
  for (const { text, kind } of unusable) {
    it(`refuses ${text.slice(0, 20)}: ${kind}`, () => {
      const { config, problems } = loadConfig({ CORRELATION_ID_PATTERN: text })
      assert.deepEqual(config, loadConfig({}).config)
      assert.equal(problems.length, 1)
      assert.ok(
        problems[0]?.startsWith(`CORRELATION_ID_PATTERN holds ${kind}; allowed: token, uuid, ulid, hex32, or a`),
      )
      assert.ok(problems[0]?.endsWith('; using the default (token).'))
    })
  }
})

describe('CORRELATION_ID_FORMAT where it is unset', () => {
  const cases: readonly { pattern?: string; maxLength?: string; format: IdFormat }[] = [
    { format: 'uuidv4' },
    { pattern: 'token', format: 'uuidv4' },
    { pattern: 'uuid', format: 'uuidv4' },
    { pattern: 'ulid', format: 'ulid' },
    { pattern: 'HEX32', format: 'hex32' },
    { pattern: '/.+/', format: 'uuidv4' },
    { pattern: '/[0-9a-f]+/', format: 'hex32' },
    { pattern: '/[0-9A-Z]+/', format: 'ulid' },
    { pattern: '/.{14}7.+/', format: 'uuidv7' },
    { maxLength: '36', format: 'uuidv4' },
    { maxLength: '35', format: 'hex32' },
    { maxLength: '31', format: 'ulid' },
    { maxLength: '26', format: 'ulid' },
  ]
  for (const { pattern, maxLength, format } of cases) {
    it(`is ${format} for ${pattern ?? 'any pattern'} and ${maxLength ?? 'any'} characters: our own IDs are accepted`, () => {
      const env = { CORRELATION_ID_PATTERN: pattern, CORRELATION_ID_MAX_LENGTH: maxLength }
      const { config, problems } = loadConfig(env)
      assert.equal(config.idFormat, format)
      assert.deepEqual(problems, [])
      const id = generateId(config.idFormat)
      assert.equal(parseId(id, config.idRules), id)
    })
  }

  it('is the fitting one where it is unusable too, and the sentence says so', () => {
    const { config, problems } = loadConfig({ CORRELATION_ID_PATTERN: 'ulid', CORRELATION_ID_FORMAT: 'guid' })
    assert.equal(config.idFormat, 'ulid')
    assert.equal(problems.length, 1)
    assert.ok(problems[0]?.endsWith('; using the default (ulid).'))
  })

  it('is uuidv4 where nothing fits, with a problem', () => {
    const { config, problems } = loadConfig({ CORRELATION_ID_MAX_LENGTH: '25' })
    assert.equal(config.idFormat, 'uuidv4')
    assert.deepEqual(problems, [
      'CORRELATION_ID_FORMAT is uuidv4, whose IDs CORRELATION_ID_MAX_LENGTH refuses; allowed: a format that it accepts; ' +
        `using uuidv4 all the same: ${CLASH}`,
    ])
  })
})

describe('CORRELATION_ID_FORMAT against the rules', () => {
  const clashes = [
    { format: 'uuidv4', pattern: 'ulid', refusing: 'CORRELATION_ID_PATTERN' },
    { format: 'uuidv7', pattern: 'hex32', refusing: 'CORRELATION_ID_PATTERN' },
    { format: 'ulid', pattern: 'uuid', refusing: 'CORRELATION_ID_PATTERN' },
    { format: 'hex32', maxLength: '31', refusing: 'CORRELATION_ID_MAX_LENGTH' },
  ]
  for (const { format, pattern, maxLength, refusing } of clashes) {
    it(`keeps ${format} though ${refusing} refuses it, widens nothing, and says what will happen`, () => {
      const env = { CORRELATION_ID_PATTERN: pattern, CORRELATION_ID_MAX_LENGTH: maxLength }
      const { config, problems } = loadConfig({ ...env, CORRELATION_ID_FORMAT: format })
      assert.equal(config.idFormat, format)
      assert.deepEqual(config.idRules, loadConfig(env).config.idRules)
      assert.equal(problems.length, 1)
      assert.ok(problems[0]?.startsWith(`CORRELATION_ID_FORMAT is ${format}, whose IDs ${refusing} refuses;`))
      assert.ok(problems[0]?.endsWith(CLASH))
    })
  }

  const digits = [
    { format: 'uuidv4', alphabet: '0123456789abcdef-' },
    { format: 'uuidv7', alphabet: '0123456789abcdef-' },
    { format: 'hex32', alphabet: '0123456789abcdef' },
    { format: 'ulid', alphabet: '0123456789ABCDEFGHJKMNPQRSTVWXYZ' },
  ]
  for (const { format, alphabet } of digits) {
    it(`sees a clash of ${format} with a pattern that lacks any one of its characters`, () => {
      for (const character of alphabet) {
        // By its code: some of them mean something else behind a backslash or between two others.
        const code = `\\x${character.charCodeAt(0).toString(16)}`
        const { problems } = loadConfig({ CORRELATION_ID_FORMAT: format, CORRELATION_ID_PATTERN: `/[^${code}]+/` })
        assert.equal(problems.length, 1, `${format} without ${character}`)
      }
      const exact = { CORRELATION_ID_FORMAT: format, CORRELATION_ID_PATTERN: `/[${alphabet}]+/` }
      assert.deepEqual(loadConfig(exact).problems, [])
    })
  }
})
