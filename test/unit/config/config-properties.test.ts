// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { loadConfig } from '../../../src/config/config.ts'
import { describeConfig } from '../../../src/config/describe-config.ts'
import { VARIABLES } from '../../../src/config/variables.ts'
import { CASES } from './config-cases.ts'

const NAME = fc.constantFrom(...VARIABLES.map((row) => row.name))

/** Any text at all, and texts that look like what a variable holds. */
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ maxLength: 40 }).map((text) => `/${text}/`),
  fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }).map((entries) => entries.join(',')),
  fc.double().map(String),
  fc.constantFrom(...CASES.flatMap((each) => [...each.accepted, ...each.refused].map(([text]) => text))),
)

const ENV = fc.dictionary(
  fc.oneof(
    NAME,
    NAME,
    fc.string().map((text) => `CORRELATION_${text}`),
  ),
  TEXT,
  { maxKeys: 12 },
)

/** Eight characters and more that no sentence of ours has by chance. */
const SECRET = fc.stringMatching(/^[0-9a-f]{8,40}$/)

/** The forms in which a value is refused: as a word, a list, a pattern, a number, a name. */
const SHAPES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => ` ${secret.toUpperCase()}! `,
  (secret) => `${secret},,${secret} ${secret},none`,
  (secret) => `/${secret}(/`,
  (secret) => `/${secret}/i`,
  (secret) => `/(?:${secret})/`,
  (secret) => `-${secret.replaceAll(/[^0-9]/g, '7')}`,
  (secret) => `${secret}\r\nset-cookie: ${secret}`,
  (secret) => `https://user:${secret}@host/`,
  (secret) => secret.repeat(20),
]

describe('loadConfig() on any environment', () => {
  it('never throws, gives the same each time, and leaves its argument alone', () => {
    fc.assert(
      fc.property(ENV, (env) => {
        const before = { ...env }
        assert.deepEqual(loadConfig(Object.freeze(env)), loadConfig(before))
        assert.deepEqual({ ...env }, before)
      }),
      { numRuns: 500 },
    )
  })

  it('gives whole sentences of one line, at most two for a variable', () => {
    fc.assert(
      fc.property(ENV, (env) => {
        const { problems } = loadConfig(env)
        for (const problem of problems) assert.match(problem, /^(CORRELATION_|A variable )[\x20-\x7e…]+\.$/)
        assert.ok(problems.length <= Object.keys(env).length + 1, 'one each, and one for formats that clash')
      }),
      { numRuns: 500 },
    )
  })

  it('never repeats a value in a problem', () => {
    const env = fc.dictionary(NAME, fc.tuple(SECRET, fc.nat({ max: SHAPES.length - 1 })), { minKeys: 1, maxKeys: 8 })
    fc.assert(
      fc.property(env, (choice) => {
        const entries = Object.entries(choice).map(
          ([name, [secret, shape]]) => [name, SHAPES[shape]?.(secret)] as const,
        )
        const text = loadConfig(Object.fromEntries(entries)).problems.join('\n').toLowerCase()
        for (const [, value = ''] of entries) {
          for (const run of value.toLowerCase().match(/[0-9a-f]{8,}/g) ?? []) {
            for (let at = 0; at + 8 <= run.length; at++) assert.ok(!text.includes(run.slice(at, at + 8)), text)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('gives a configuration that holds what its type promises', () => {
    fc.assert(
      fc.property(ENV, (env) => {
        const { config } = loadConfig(env)
        assert.ok(config.headers.length > 0 && config.trust.length > 0 && config.propagateTo.length > 0)
        for (const list of [config.headers, config.outboundHeaders, config.trust, config.propagateTo]) {
          assert.equal(new Set(list).size, list.length)
        }
        const names = [...config.headers, ...config.outboundHeaders, config.responseHeader ?? 'x']
        for (const name of names) assert.match(name, /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/)
        for (const name of names) assert.ok(!['host', 'cookie', 'baggage', 'none', 'constructor'].includes(name))
        assert.match(config.idRules.pattern.source, /^\^.*\$$/s)
        assert.equal(config.idRules.pattern.flags, '')
        assert.ok(config.sampleRatio === undefined || (config.sampleRatio >= 0 && config.sampleRatio <= 1))
        assert.ok(Number.isInteger(config.shutdownTimeoutMs) && config.shutdownTimeoutMs >= 0)
      }),
      { numRuns: 500 },
    )
  })

  it('is frozen all through', () => {
    fc.assert(
      fc.property(ENV, (env) => {
        const loaded = loadConfig(env)
        for (const each of [loaded, loaded.config, loaded.problems, ...Object.values(loaded.config)]) {
          assert.ok(Object.isFrozen(each))
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('describeConfig() on any configuration', () => {
  it('describes it in printable texts that give the same configuration again', () => {
    fc.assert(
      fc.property(ENV, (env) => {
        const { config } = loadConfig(env)
        const described = describeConfig(config)
        for (const [, value] of described) assert.match(value, /^[\x20-\x7e]+$/)
        fc.pre(described.every(([, value]) => !value.includes('(a text of ')))
        const settable = described.filter(([, value]) => value !== 'unset')
        assert.deepEqual(loadConfig(Object.fromEntries(settable)).config, config)
      }),
      { numRuns: 500 },
    )
  })
})
