// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import { VARIABLES, variable } from '../../../src/config/variables.ts'
import { CASES, DEFAULTS } from './config-cases.ts'

describe('loadConfig()', () => {
  it('gives the documented defaults for an empty environment', () => {
    assert.deepEqual(loadConfig({}), { config: DEFAULTS, problems: [] })
  })

  it('reads nothing but what it is given', (t) => {
    process.env['CORRELATION_SDK'] = 'off'
    t.after(() => delete process.env['CORRELATION_SDK'])
    assert.equal(loadConfig({}).config.sdk, 'auto')
  })

  it('gives one problem for each unusable variable, each on its own', () => {
    const { config, problems } = loadConfig({ CORRELATION_JOBS: 'x', CORRELATION_SDK: 'own', CORRELATION_STRICT: '?' })
    assert.deepEqual(config, { ...DEFAULTS, sdk: 'own' })
    assert.deepEqual(
      problems.map((problem) => problem.split(' ', 1)[0]),
      ['CORRELATION_JOBS', 'CORRELATION_STRICT'],
    )
  })

  it('has the response and outbound headers follow the first header, even where they are unusable themselves', () => {
    const env = { CORRELATION_HEADERS: 'X-A,x-b', CORRELATION_RESPONSE_HEADER: 'a b', CORRELATION_OUTBOUND_HEADER: ',' }
    const { config, problems } = loadConfig(env)
    assert.equal(config.responseHeader, 'x-a')
    assert.deepEqual(config.outboundHeaders, ['x-a'])
    for (const problem of problems) assert.ok(problem.endsWith('using the default (the first of CORRELATION_HEADERS).'))
    assert.equal(problems.length, 2)
  })

  it('keeps the usable entries of a list', () => {
    const { config, problems } = loadConfig({ CORRELATION_PROPAGATE_TO: 'internal,,!a.b', CORRELATION_TRUST: 'ALL,' })
    assert.deepEqual([config.propagateTo, config.trust], [['internal', '!a.b'], ['all']])
    assert.deepEqual(problems, [
      'CORRELATION_TRUST holds an empty text (entry 2); allowed: entries with a comma between them; using the other entries.',
      'CORRELATION_PROPAGATE_TO holds an empty text (entry 2); allowed: entries with a comma between them; using the other entries.',
    ])
  })

  it('is tested with every variable', () => {
    assert.deepEqual(
      CASES.map((each) => each.name),
      VARIABLES.map((row) => row.name),
    )
  })
})

for (const { name, accepted, refused } of CASES) {
  describe(`loadConfig() with ${name}`, () => {
    for (const blank of ['', '  \t\n']) {
      it(`takes ${JSON.stringify(blank)} as unset`, () => {
        assert.deepEqual(loadConfig({ [name]: blank }), { config: DEFAULTS, problems: [] })
      })
    }
    for (const [text, change] of accepted) {
      it(`accepts ${JSON.stringify(text)}`, () => {
        assert.deepEqual(loadConfig({ [name]: text }), { config: { ...DEFAULTS, ...change }, problems: [] })
      })
    }
    for (const [text, kind] of refused) {
      it(`refuses ${JSON.stringify(text)} and says why`, () => {
        const { config, problems } = loadConfig({ [name]: text })
        assert.deepEqual(config, DEFAULTS)
        assert.equal(problems.length, 1)
        const { derived, default: fixed } = { derived: 'unset', ...variable(name) }
        assert.ok(problems[0]?.startsWith(`${name} holds ${kind}`), problems[0])
        assert.match(problems[0] ?? '', /; allowed: .+; using /)
        assert.ok(problems[0]?.endsWith(`; using the default (${fixed ?? derived}).`), problems[0])
      })
    }
  })
}
