// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultTextMapGetter, type TextMapGetter } from '@opentelemetry/api'
import { fieldValues, rootOf } from '../../../src/propagation/carrier.ts'

const CASES: readonly (readonly [carrier: unknown, name: string, expected: readonly string[]])[] = [
  [{ 'x-a': '1' }, 'x-a', ['1']],
  [{ 'X-A': '1' }, 'x-a', ['1']],
  [{ 'X-A': '1', 'x-a': '2' }, 'x-a', ['2']],
  [{ 'x-a': null, 'X-A': '1' }, 'x-a', ['1']],
  [{ 'x-a': ['1', '2'] }, 'x-a', ['1', '2']],
  [{ 'x-a': Buffer.from('ü') }, 'x-a', ['ü']],
  [{ 'x-a': [Buffer.from('1'), 2, null, {}] }, 'x-a', ['1']],
  [{ 'x-a': 1 }, 'x-a', []],
  [{ 'x-a': { toString: () => 'no' } }, 'x-a', []],
  [{}, 'x-a', []],
  [[], 'x-a', []],
  [{ 'x-amzn-trace-id': 'Self=1-a;Root=1-b-c;Sampled=1' }, 'x-amzn-trace-id', ['1-b-c']],
  [{ 'X-Amzn-Trace-Id': 'Self=1-a' }, 'x-amzn-trace-id', []],
]

describe('fieldValues', () => {
  for (const [carrier, name, expected] of CASES) {
    it(`${JSON.stringify(carrier)}: ${expected.join(' and ') || 'nothing'}`, () => {
      assert.deepEqual(fieldValues(carrier, name, defaultTextMapGetter), expected)
    })
  }

  it('asks a getter that cannot list its keys for the name alone', () => {
    const getter = { get: () => undefined, keys: () => undefined } as unknown as TextMapGetter
    assert.deepEqual(fieldValues({}, 'x-a', getter), [])
  })
})

describe('rootOf', () => {
  for (const [text, expected] of [
    ['Root=1-67891233-abcdef012345678912345678', '1-67891233-abcdef012345678912345678'],
    ['Self=1-2;Root=1-3', '1-3'],
    [' root = 1-3 ;Parent=x', '1-3'],
    ['Rooted=1', undefined],
    ['Root', undefined],
    ['', undefined],
  ] as const) {
    it(`${text}: ${expected}`, () => assert.equal(rootOf(text), expected))
  }
})
