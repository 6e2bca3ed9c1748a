// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type DecideRules, decide } from '../../../src/correlation/decide.ts'
import { generateId, ID_PATTERNS, problemOf } from '../../../src/correlation/id.ts'
import { receivedOf } from './decide-cases.ts'

const text = fc.oneof(
  fc.string({ maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._:@=+/~-]{0,20}$/),
  fc.constantFrom('', ' ', ',', 'a,a', 'a, b', '<x>', 'a\r\nb', 'x'.repeat(40)),
)
const received = fc
  .tuple(
    fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 3 }),
    fc.option(text, { nil: undefined }),
    fc.boolean(),
  )
  .map(([headers, baggage, trusted]) => ({ headers, baggage, trusted }))
const policies = fc.record({
  onMissing: fc.constantFrom('generate', 'reject'),
  onInvalid: fc.constantFrom('regenerate', 'reject'),
  onConflict: fc.constantFrom('first', 'last', 'regenerate', 'reject'),
  pattern: fc.constantFrom<RegExp>(ID_PATTERNS.token, ID_PATTERNS.hex32, /^[\s\S]*$/),
})

const rulesFor = (chosen: typeof policies extends fc.Arbitrary<infer T> ? T : never): DecideRules => ({
  ...chosen,
  idRules: { pattern: chosen.pattern, maxLength: 32 },
  generate: () => generateId('hex32'),
})

/** Every value that the client may have meant: what stands between commas, and the lines as they are. */
function parts({ headers, baggage }: { headers: readonly (readonly string[])[]; baggage: string | undefined }) {
  const lines = headers.flat()
  return [...lines, ...lines.flatMap((line) => line.split(',')), ...(baggage === undefined ? [] : [baggage])].map(
    (part) => part.trim(),
  )
}

describe('decide, whatever comes in', () => {
  it('always has one well-formed ID', () => {
    fc.assert(
      fc.property(received, policies, (input, chosen) => {
        const rules = rulesFor(chosen)
        const { id, receivedId } = decide(receivedOf(input.headers, input.baggage, input.trusted), rules)
        assert.equal(problemOf(id, rules.idRules), undefined)
        if (receivedId !== undefined) assert.equal(problemOf(receivedId, rules.idRules), undefined)
      }),
      { numRuns: 2000 },
    )
  })

  it('shows nothing of a text that it refused', () => {
    fc.assert(
      fc.property(received, policies, (input, chosen) => {
        const rules = rulesFor(chosen)
        const decision = JSON.stringify(decide(receivedOf(input.headers, input.baggage, input.trusted), rules))
        for (const part of parts(input)) {
          // A short text may stand in a generated ID by chance.
          if (part.length < 8 || problemOf(part, rules.idRules) === undefined) continue
          assert.ok(!decision.includes(JSON.stringify(part).slice(1, -1)), decision)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('adopts only what came in, the same each time, and never from a peer that is not trusted', () => {
    fc.assert(
      fc.property(received, policies, (input, chosen) => {
        const rules = rulesFor(chosen)
        const once = () => decide(receivedOf(input.headers, input.baggage, input.trusted), rules)
        const decision = once()
        if (decision.source === 'generated') {
          assert.notEqual(decision.reason, 'none')
          assert.notEqual(decision.id, once().id)
        } else {
          assert.ok(input.trusted)
          assert.ok(parts(input).includes(decision.id))
          assert.deepEqual(once(), decision)
          assert.equal(decision.reject, false)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
