// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DecideRules, type Decision, decide } from '../../../src/correlation/decide.ts'
import { adopted, generated, INPUTS, receivedOf, rulesOf } from './decide-cases.ts'

/**
 * What each policy changes in the decisions of the default ones, written by the reason of the default decision: so every
 * policy is tried on every input.
 */
const POLICIES: Readonly<
  Record<string, { readonly rules: Partial<DecideRules>; readonly change: (decision: Decision) => Decision }>
> = {
  'the defaults': { rules: {}, change: (decision) => decision },
  'onMissing reject': {
    rules: { onMissing: 'reject' },
    change: (decision) => (decision.reason === 'missing' ? { ...decision, reject: true } : decision),
  },
  'onInvalid reject': {
    rules: { onInvalid: 'reject' },
    change: (decision) =>
      decision.source === 'generated' && (decision.reason === 'malformed' || decision.reason === 'too_long')
        ? { ...decision, reject: true }
        : decision,
  },
  'onConflict last': {
    rules: { onConflict: 'last' },
    change: (decision) => (decision.reason === 'conflict' ? adopted('b-2', { reason: 'conflict' }) : decision),
  },
  'onConflict regenerate': {
    rules: { onConflict: 'regenerate' },
    change: (decision) => (decision.reason === 'conflict' ? generated('conflict') : decision),
  },
  'onConflict reject': {
    rules: { onConflict: 'reject' },
    change: (decision) => (decision.reason === 'conflict' ? generated('conflict', { reject: true }) : decision),
  },
}

for (const [policy, { rules, change }] of Object.entries(POLICIES)) {
  describe(`decide with ${policy}`, () => {
    for (const [input, { received, decision }] of Object.entries(INPUTS)) {
      const expected = change(decision)
      it(`${input}, from a trusted peer`, () => {
        assert.deepEqual(decide(received, rulesOf(rules)), expected)
      })

      it(`${input}, from another peer`, () => {
        // Nothing of a peer that is not trusted is adopted; a well-formed ID is kept apart.
        const untrusted =
          expected.source === 'generated' ? expected : generated('untrusted', { receivedId: expected.id })
        assert.deepEqual(decide({ ...received, trusted: false }, rulesOf(rules)), untrusted)
      })
    }
  })
}

describe('decide', () => {
  it('takes the last of different values where a malformed one comes behind it', () => {
    const decision = decide(receivedOf([['a-1', 'b-2', '<x>']]), rulesOf({ onConflict: 'last' }))
    assert.deepEqual(decision, adopted('b-2', { reason: 'conflict' }))
  })

  it('keeps a line whole that a custom pattern allows as a whole', () => {
    const idRules = { pattern: /^(?:[a-z]+,[a-z]+)$/, maxLength: 16 }
    assert.deepEqual(decide(receivedOf([['left,right']]), rulesOf({ idRules })), adopted('left,right'))
    assert.equal(decide(receivedOf([['left,right,middle']]), rulesOf({ idRules })).reason, 'malformed')
  })

  it('does not read the baggage where a header has an ID, since parsing costs', () => {
    const received = { headers: [['a-1']], baggage: () => assert.fail('the baggage was read'), trusted: true }
    assert.equal(decide(received, rulesOf()).id, 'a-1')
  })

  it('generates only where nothing is adopted', () => {
    const rules = rulesOf({ generate: () => assert.fail('an ID was generated') })
    for (const { received, decision } of Object.values(INPUTS)) {
      if (decision.source !== 'generated') assert.equal(decide(received, rules).id, decision.id)
    }
  })
})
