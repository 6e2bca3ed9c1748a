// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api'
import fc from 'fast-check'
import { addAttribute } from '../../../src/sdk/span-attributes.ts'
import { DEFAULT_SPAN_LIMITS } from '../../../src/sdk/span-limits.ts'
import { doWithBoth } from './both-tracers.ts'

const AT: [number, number] = [1, 2]
const LINKED = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
const OWN_PROTO = JSON.parse('{"__proto__": "x"}') as Attributes

/** Each `use` is on a span that holds two attributes, with text of four characters. */
const OUTCOMES: Readonly<Record<string, readonly [key: string, value: unknown, outcome: string]>> = {
  text: ['b', 'four', 'added'],
  'long text': ['b', 'fives', 'added'],
  'a number': ['b', Number.NaN, 'added'],
  false: ['b', false, 'added'],
  null: ['b', null, 'added'],
  'what was there': ['a', 'y', 'replaced'],
  'a list for what was there': ['a', [1], 'replaced'],
  undefined: ['b', undefined, 'ignored'],
  'a function': ['b', () => {}, 'ignored'],
  'an empty key': ['', 'x', 'ignored'],
  'a name that each object has': ['constructor', 'x', 'added'],
}

describe('addAttribute', () => {
  for (const [name, [key, value, outcome]] of Object.entries(OUTCOMES)) {
    const limits = { ...DEFAULT_SPAN_LIMITS, attributeCountLimit: 2, attributeValueLengthLimit: 4 }
    it(name, () => assert.equal(addAttribute({ a: 'x' }, 1, key, value, limits), outcome))
  }

  it('drops what is new where it is full, and nothing else', () => {
    const limits = { ...DEFAULT_SPAN_LIMITS, attributeCountLimit: 1 }
    const attributes = { a: 'x' }
    assert.equal(addAttribute(attributes, 1, 'b', 'x', limits), 'dropped')
    assert.equal(addAttribute(attributes, 1, 'b', [], limits), 'dropped')
    assert.equal(addAttribute(attributes, 1, 'a', 'y', limits), 'replaced')
    assert.deepEqual(attributes, { a: 'y' })
  })
})

const plain: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, '', 0, -0),
)
const nested = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    plain,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 3 }),
    fc.constantFrom<unknown>(10n, () => {}, Symbol('s'), new Date(0), new Uint8Array([1, 2, 3, 4, 5, 6]), new Map()),
  ),
})).value
const key = fc.oneof(fc.constantFrom('a', 'b', 'c', '', 'toString', '1'), fc.string({ maxLength: 3 }))
const attributes = fc.dictionary(key, nested, { maxKeys: 6 }) as fc.Arbitrary<Attributes>
const limits = fc.record({
  attributeCountLimit: fc.constantFrom(0, 1, 3, 128),
  attributeValueLengthLimit: fc.constantFrom(0, 1, 5, Number.POSITIVE_INFINITY),
  attributePerEventCountLimit: fc.constantFrom(0, 2, 128),
  attributePerLinkCountLimit: fc.constantFrom(0, 2, 128),
})

/** JSON has no functions: what an attribute is would not be seen there. */
const isKept = (value: unknown) => !['function', 'symbol', 'bigint'].includes(typeof value)

describe('the attributes of a recorded span are those of the SDK’s', () => {
  it('property: whatever is set, one by one or all at once, within any limits', () => {
    fc.assert(
      fc.property(fc.array(attributes, { maxLength: 3 }), key, nested, limits, (sets, name, value, within) => {
        const { ours, sdks } = doWithBoth(
          (span) => {
            for (const set of sets) span.setAttributes(set)
            span.setAttribute(name, value as string)
            span.addEvent('event', sets[0], AT)
            span.addLink({ context: LINKED, attributes: sets[1] ?? {} })
            for (const found of Object.values((span as unknown as { attributes: object }).attributes)) {
              assert.ok(isKept(found))
            }
          },
          { limits: within },
          { startTime: AT },
          ROOT_CONTEXT,
        )
        assert.deepEqual(ours, sdks)
      }),
      { numRuns: 400 },
    )
  })

  it('property: what a span begins with, too, but for the count of what is invalid', () => {
    fc.assert(
      fc.property(attributes, limits, (set, within) => {
        const { ours, sdks } = doWithBoth(
          () => {},
          { limits: within },
          { attributes: set, startTime: AT },
          ROOT_CONTEXT,
        )
        const { dropped: ownDropped, ...own } = ours
        const { dropped: sdkDropped, ...sdk } = sdks
        assert.deepEqual(own, sdk)
        // The SDK counts what it refuses here, and not in `setAttribute`: what counts here is what did not fit.
        const invalid = Object.entries(set).filter(([name, value]) => isInvalid(name, value)).length
        const [counted] = ownDropped as readonly [number]
        const [theirs] = sdkDropped as readonly [number]
        assert.ok(
          counted <= theirs && theirs <= counted + invalid,
          `${counted}, not ${theirs}, with ${invalid} invalid`,
        )
      }),
      { numRuns: 400 },
    )
  })

  it('a key named `__proto__` changes no prototype', () => {
    const { ours, sdks } = doWithBoth(
      (span) => span.setAttributes(OWN_PROTO),
      {},
      { attributes: OWN_PROTO, startTime: AT },
    )
    assert.deepEqual(ours, sdks)
    assert.equal(({} as Record<string, unknown>)['x'], undefined)
  })
})

function isInvalid(name: string, value: unknown): boolean {
  return value !== undefined && addAttribute({}, 0, name, value, DEFAULT_SPAN_LIMITS) === 'ignored'
}
