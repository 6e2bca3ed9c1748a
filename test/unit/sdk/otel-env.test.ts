// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isTrue, limitOf, listOf, positiveNumberOf, textOf } from '../../../src/sdk/otel-env.ts'

describe('the OTel environment', () => {
  const TEXTS: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    [' \t', undefined],
    [' a b ', 'a b'],
  ]
  for (const [value, expected] of TEXTS) {
    it(`textOf ${JSON.stringify(value)}`, () => assert.equal(textOf({ A: value }, 'A'), expected))
  }

  const LISTS: readonly (readonly [string | undefined, readonly string[] | undefined])[] = [
    [undefined, undefined],
    [' ', undefined],
    [',', []],
    [' OTLP , console,,', ['otlp', 'console']],
  ]
  for (const [value, expected] of LISTS) {
    it(`listOf ${JSON.stringify(value)}`, () => assert.deepEqual(listOf({ A: value }, 'A'), expected))
  }

  for (const value of ['true', 'TRUE', ' True ']) {
    it(`isTrue ${JSON.stringify(value)}`, () => assert.equal(isTrue({ A: value }, 'A'), true))
  }
  for (const value of [undefined, '', '1', 'yes', 'on', 'truee']) {
    it(`not isTrue ${JSON.stringify(value)}`, () => assert.equal(isTrue({ A: value }, 'A'), false))
  }

  const NUMBERS: readonly (readonly [string | undefined, number | undefined, number | undefined])[] = [
    ['5', 5, 5],
    [' 5 ', 5, 5],
    ['0', undefined, 0],
    ['-1', undefined, undefined],
    ['5ms', undefined, undefined],
    ['Infinity', undefined, undefined],
    ['NaN', undefined, undefined],
    ['', undefined, undefined],
    [undefined, undefined, undefined],
  ]
  for (const [value, positive, limit] of NUMBERS) {
    it(`numbers of ${JSON.stringify(value)}`, () => {
      assert.equal(positiveNumberOf({ A: value }, 'A'), positive)
      assert.equal(limitOf({ A: value }, 'A'), limit)
    })
  }

  it('limitOf takes the first that is a number', () => {
    assert.equal(limitOf({ A: 'x', B: '2', C: '3' }, 'A', 'B', 'C'), 2)
  })
})
