// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type EntryRule, type Env, EnvReader, kindOf } from '../../../src/config/env.ts'

const LETTERS: EntryRule = {
  allowed: 'letters',
  normalize: (entry) => entry.toLowerCase(),
  faultOf: (entry) => (/^[a-z]+$/.test(entry) ? undefined : kindOf(entry)),
}

describe('EnvReader.text()', () => {
  for (const blank of ['', ' ', '\t \r\n']) {
    it(`takes ${JSON.stringify(blank)} as unset`, () => {
      assert.equal(new EnvReader({ A: blank }).text('A'), undefined)
    })
  }

  it('takes the white space off both ends', () => {
    assert.equal(new EnvReader({ A: '\t a b \n' }).text('A'), 'a b')
  })

  it('takes what is not a text as unset, and nothing from a prototype', () => {
    assert.equal(new EnvReader({ A: 1 } as unknown as Env).text('A'), undefined)
    assert.equal(new EnvReader({}).text('toString'), undefined)
  })
})

describe('EnvReader.word()', () => {
  const row = { name: 'W', type: { words: ['red', 'green'] }, default: 'green' } as const

  it('ignores case and white space', () => {
    const reader = new EnvReader({ W: ' ReD ' })
    assert.equal(reader.word(row), 'red')
    assert.deepEqual(reader.problems, [])
  })

  it('gives the default and one whole sentence for another word', () => {
    const reader = new EnvReader({ W: 'purple' })
    assert.equal(reader.word(row), 'green')
    assert.deepEqual(reader.problems, [
      'W holds a word that is not in the list; allowed: red, green; using the default (green).',
    ])
  })
})

describe('EnvReader.boolean()', () => {
  for (const text of ['1', '0', 'yes', 'no', 'on', 'off', 't', 'enabled', 'truee']) {
    it(`refuses ${text}: OpenTelemetry knows true and false alone`, () => {
      for (const fallback of ['true', 'false'] as const) {
        const reader = new EnvReader({ B: text })
        assert.equal(reader.boolean({ name: 'B', default: fallback }), fallback === 'true')
        assert.equal(reader.problems.length, 1)
        assert.ok(reader.problems[0]?.endsWith(`; allowed: true, false; using the default (${fallback}).`))
      }
    })
  }
})

describe('EnvReader.integer()', () => {
  const row = { name: 'I', type: { min: 1, max: 10 }, default: '5' }
  const cases = [
    { text: undefined, expected: 5 },
    { text: '1', expected: 1 },
    { text: ' 10 ', expected: 10 },
    { text: '+7', expected: 7 },
    { text: '0', expected: 5, seen: 'a number below 1' },
    { text: '11', expected: 5, seen: 'a number above 10' },
    { text: '1e400', expected: 5, seen: 'a number above 10' },
    { text: '2.5', expected: 5, seen: 'a number with a fraction' },
    { text: '5s', expected: 5, seen: 'a text of 2 characters' },
    { text: '0x5', expected: 5, seen: 'a text of 3 characters' },
    { text: 'NaN', expected: 5, seen: 'a word' },
    { text: 'Infinity', expected: 5, seen: 'a word' },
    { text: '7'.repeat(33), expected: 5, seen: 'a text of 33 characters' },
  ]
  for (const { text, expected, seen } of cases) {
    it(`reads ${text} as ${expected}`, () => {
      const reader = new EnvReader({ I: text })
      assert.equal(reader.integer(row), expected)
      const problem = `I holds ${seen}; allowed: a whole number from 1 to 10; using the default (5).`
      assert.deepEqual(reader.problems, seen === undefined ? [] : [problem])
    })
  }

  it('gives an ordinary zero for a negative one', () => {
    assert.ok(Object.is(new EnvReader({ I: '-0' }).integer({ ...row, type: { min: 0, max: 1 } }), 0))
  })
})

describe('EnvReader.number()', () => {
  const row = { name: 'N', type: { min: 0, max: 1 }, default: undefined }

  it('reads fractions and exponents', () => {
    for (const [text, expected] of [
      ['0.25', 0.25],
      ['.5', 0.5],
      ['1.', 1],
      ['1E-3', 0.001],
    ] as const) {
      assert.equal(new EnvReader({ N: text }).number(row), expected)
    }
  })

  it('is undefined where it is unset or unusable', () => {
    assert.equal(new EnvReader({}).number(row), undefined)
    const reader = new EnvReader({ N: '50%' })
    assert.equal(reader.number(row), undefined)
    assert.deepEqual(reader.problems, [
      'N holds a text of 3 characters; allowed: a number from 0 to 1; using the default (unset).',
    ])
  })
})

describe('EnvReader.name()', () => {
  const row = { name: 'N', default: undefined, derived: 'the first of M' }

  it('normalizes a name, and takes none as undefined in any case', () => {
    assert.equal(new EnvReader({ N: 'ABC' }).name(row, LETTERS, 'z'), 'abc')
    assert.equal(new EnvReader({ N: 'NoNe' }).name(row, LETTERS, 'z'), undefined)
    assert.equal(new EnvReader({}).name(row, LETTERS, 'z'), 'z')
  })

  it('names where the default comes from, not the default that another value made', () => {
    const reader = new EnvReader({ N: 'a b' })
    assert.equal(reader.name(row, LETTERS, 'z'), 'z')
    assert.deepEqual(reader.problems, [
      'N holds a text of 3 characters; allowed: letters, or none; using the default (the first of M).',
    ])
  })
})

describe('EnvReader.list()', () => {
  const row = { name: 'L', default: 'x,y' }

  it('takes off white space and duplicates in silence and keeps the order', () => {
    const reader = new EnvReader({ L: ' c , A,b,a ,c' })
    assert.deepEqual(reader.list(row, LETTERS, ['x']), ['c', 'a', 'b'])
    assert.deepEqual(reader.problems, [])
  })

  it('leaves unusable entries out, and says which', () => {
    const reader = new EnvReader({ L: 'a,,b c,d' })
    assert.deepEqual(reader.list(row, LETTERS, ['x']), ['a', 'd'])
    assert.deepEqual(reader.problems, [
      'L holds an empty text (entry 2), a text of 3 characters (entry 3); allowed: letters; using the other entries.',
    ])
  })

  it('gives the default where nothing is usable, in one sentence however long the list is', () => {
    const reader = new EnvReader({ L: ','.repeat(9) })
    assert.deepEqual(reader.list(row, LETTERS, ['x', 'y']), ['x', 'y'])
    assert.deepEqual(reader.problems, [
      'L holds an empty text (entry 1), an empty text (entry 2), an empty text (entry 3) and 7 more; ' +
        'allowed: letters; using the default (x,y).',
    ])
  })

  it('gives frozen lists of its own', () => {
    const fallback = ['x']
    const unset = new EnvReader({}).list(row, LETTERS, fallback)
    assert.ok(Object.isFrozen(unset) && Object.isFrozen(new EnvReader({ L: 'a' }).list(row, LETTERS, fallback)))
    assert.ok(!Object.isFrozen(fallback))
  })
})

describe('kindOf()', () => {
  const cases = [
    { text: '12', kind: 'a number' },
    { text: '-1.5e3', kind: 'a number' },
    { text: 'default-page', kind: 'a word' },
    { text: '-', kind: 'a text of 1 character' },
    { text: 'a b', kind: 'a text of 3 characters' },
    { text: 'a'.repeat(32), kind: 'a word' },
    { text: 'a'.repeat(33), kind: 'a text of 33 characters' },
    { text: 'x'.repeat(214), kind: 'a text of 214 characters' },
  ]
  for (const { text, kind } of cases) it(`calls ${text} ${kind}`, () => assert.equal(kindOf(text), kind))
})
