// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type DecideRules, decide, decideMissing, decideSole } from '../../../src/correlation/decide.ts'
import { ID_PATTERNS } from '../../../src/correlation/id.ts'
import { receivedOf, rulesOf } from './decide-cases.ts'

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]{0,15}$/),
  fc.constantFrom('', ' ', ',', 'a,b', 'a, a', ' a', 'a ', 'a\t', 'x'.repeat(16), 'x'.repeat(17)),
)
const rules: fc.Arbitrary<DecideRules> = fc
  .record({
    onMissing: fc.constantFrom('generate', 'reject'),
    onInvalid: fc.constantFrom('regenerate', 'reject'),
    onConflict: fc.constantFrom('first', 'last', 'regenerate', 'reject'),
    pattern: fc.constantFrom<RegExp>(ID_PATTERNS.token, ID_PATTERNS.hex32, /^[\s\S]*$/, /^[a-z, ]+$/),
  })
  .map(({ pattern, ...policies }) => rulesOf({ ...policies, idRules: { pattern, maxLength: 16 } }))
const empty = fc.array(fc.constant<readonly string[]>([]), { maxLength: 2 })

describe('the short ways decide as `decide` does', () => {
  it('property: where nothing came in', () => {
    fc.assert(
      fc.property(empty, fc.constantFrom(undefined, ''), fc.boolean(), rules, (headers, entry, trusted, chosen) => {
        assert.deepEqual(decideMissing(chosen), decide(receivedOf(headers, entry, trusted), chosen))
      }),
    )
  })

  it('property: where the first name that is there has one value, if they decide at all', () => {
    let decided = 0
    const others = fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 2 })
    const entry = fc.option(text, { nil: undefined })
    fc.assert(
      fc.property(empty, text, others, entry, fc.boolean(), rules, (before, value, after, baggage, trusted, chosen) => {
        const decision = decideSole(value, trusted, chosen)
        if (decision === undefined) return
        decided += 1
        assert.deepEqual(decision, decide(receivedOf([...before, [value], ...after], baggage, trusted), chosen))
      }),
      { numRuns: 3000 },
    )
    assert.ok(decided > 200, `${decided}`)
  })

  it('property: they decide each ID that is one value of a trusted peer', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]{0,15}$/)
    fc.assert(
      fc.property(id, (value) => {
        assert.equal(decideSole(value, true, rulesOf())?.id, value)
        assert.equal(decideSole(value, false, rulesOf()), undefined)
      }),
    )
  })
})
