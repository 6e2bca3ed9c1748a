// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { arrayBag, copyHeaderArray, type HeaderBag, textBag } from '../../../instrumentations/header-bag.ts'

type Pair = readonly [name: string, value: string]

/** The forms of headers: each is made of pairs, and shows the pairs it has. */
const FORMS: Readonly<Record<string, (pairs: readonly Pair[]) => { bag: HeaderBag; pairs: () => readonly Pair[] }>> = {
  'flat array': (pairs) => {
    const headers: unknown[] = pairs.flat()
    const all = () => headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]] as unknown as Pair] : []))
    return { bag: arrayBag(headers), pairs: all }
  },
  'array of pairs': (pairs) => {
    const headers: unknown[] = pairs.map((pair) => [...pair])
    return { bag: arrayBag(headers), pairs: () => headers as Pair[] }
  },
  text: (pairs) => {
    let text = pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const all = () => text.split('\r\n').slice(0, -1)
    const bag = textBag(
      () => text,
      (changed) => {
        text = changed
      },
    )
    return { bag, pairs: () => all().map((line) => line.split(': ') as unknown as Pair) }
  },
}

const SOME: readonly Pair[] = [
  ['Host', 'h'],
  ['X-A', '1'],
  ['Baggage', 'a=1'],
  ['x-a', '2'],
]

describe('HeaderBag', () => {
  for (const [form, make] of Object.entries(FORMS)) {
    it(`${form}: reads in any case, and joins repeated names`, () => {
      const { bag } = make(SOME)
      assert.deepEqual(
        ['host', 'x-a', 'none'].map((name) => bag.get(name)),
        ['h', '1, 2', undefined],
      )
    })

    it(`${form}: adds what is not there, and leaves the rest`, () => {
      const { bag, pairs } = make(SOME)
      bag.set('x-new', 'v')
      assert.deepEqual(pairs(), [...SOME, ['x-new', 'v']])
    })

    it(`${form}: what is set is there once`, () => {
      const { bag, pairs } = make(SOME)
      bag.set('x-a', '3')
      assert.equal(bag.get('x-a'), '3')
      assert.equal(pairs().filter(([name]) => name.toLowerCase() === 'x-a').length, 1)
      assert.deepEqual(
        pairs().filter(([name]) => name.toLowerCase() !== 'x-a'),
        [SOME[0], SOME[2]],
      )
    })

    it(`${form}: removes each line of a name, and nothing else`, () => {
      const { bag, pairs } = make(SOME)
      bag.remove('x-a')
      bag.remove('none')
      assert.deepEqual(pairs(), [SOME[0], SOME[2]])
    })
  }

  it('begins with nothing as a flat array', () => {
    const headers: unknown[] = []
    arrayBag(headers).set('x-a', '1')
    assert.deepEqual(headers, ['x-a', '1'])
  })

  it('reads names and values that are bytes, numbers or lists', () => {
    const bag = arrayBag([Buffer.from('X-A'), Buffer.from('1'), 'x-n', 7, 'x-l', ['a', Buffer.from('b')]])
    assert.deepEqual(
      ['x-a', 'x-n', 'x-l'].map((name) => bag.get(name)),
      ['1', '7', 'a, b'],
    )
  })

  it('a text may have a value with colons and no space', () => {
    const bag = textBag(
      () => 'x-a:b:c\r\nx-b\r\n',
      () => {},
    )
    assert.equal(bag.get('x-a'), 'b:c')
  })

  it('a copy leaves the array of the application as it is', () => {
    for (const headers of [['x-a', '1'], [['x-a', '1']]]) {
      const before = structuredClone(headers)
      arrayBag(copyHeaderArray(headers)).set('x-a', '2')
      assert.deepEqual(headers, before)
    }
  })
})
