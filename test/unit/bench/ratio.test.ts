// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rotate } from '../../../bench/measure/rotate.ts'
import { addedNoiseOf, calmSamples, compare, noiseOf, type Sample } from '../../../bench/ratio.ts'
import { quantile, summarise } from '../../../bench/statistics.ts'

const QUANTILES: readonly (readonly [readonly number[], number, number])[] = [
  [[5], 0.5, 5],
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[10, 20, 30, 40, 50], 0.25, 20],
  [[10, 20, 30, 40, 50], 0.99, 49.6],
  [[1, 2], 0, 1],
  [[1, 2], 1, 2],
]

describe('a quantile', () => {
  for (const [values, part, expected] of QUANTILES) {
    it(`${part} of ${values.join(' ')} is ${expected}`, () => assert.equal(quantile(values, part), expected))
  }

  it('of nothing is no number', () => assert.ok(Number.isNaN(summarise([]).median)))

  it('leaves the list as it was', () => {
    const values = [3, 1, 2]
    quantile(values, 0.5)
    assert.deepEqual(values, [3, 1, 2])
  })
})

/** Rounds of values, by variant. */
const rounds = (table: Readonly<Record<string, readonly number[]>>): readonly Sample[] =>
  Object.entries(table).flatMap(([variant, values]) => values.map((value, round) => ({ variant, round, value })))

describe('a comparison', () => {
  it('is made within each round, whatever the rounds have in common', () => {
    // The machine is twice and ten times as slow in the later rounds; the share of stock is the same in all.
    const found = compare(rounds({ none: [100, 200, 1000], stock: [200, 400, 2000], ours: [130, 260, 1300] }))
    const ours = found.find(({ variant }) => variant === 'ours')
    assert.deepEqual(ours?.ratio, { median: 0.3, lower: 0.3, upper: 0.3, count: 3 })
    assert.deepEqual(ours?.added, { median: 60, lower: 45, upper: 180, count: 3 })
  })

  it('has no ratio where stock was not measured, or added nothing', () => {
    const without = compare(rounds({ none: [100], ours: [130] }))
    assert.deepEqual(
      without.map(({ added, ratio }) => [added.median, ratio.count]),
      [
        [0, 0],
        [30, 0],
      ],
    )
    const free = compare(rounds({ none: [100], stock: [100], ours: [130] }))
    assert.equal(free.find(({ variant }) => variant === 'ours')?.ratio.count, 0)
  })

  it('leaves out a round without the bare app', () => {
    const samples = rounds({ none: [100, 100], stock: [200, 200], ours: [150, 180] })
    const found = compare(samples.filter(({ variant, round }) => variant !== 'none' || round === 0))
    assert.deepEqual(found.find(({ variant }) => variant === 'ours')?.ratio.median, 0.5)
  })
})

describe('the noise', () => {
  it('is the distance of the two copies of the bare app', () => {
    const found = compare(rounds({ none: [100, 100, 100], 'none-again': [110, 110, 110], stock: [200, 200, 200] }))
    assert.equal(noiseOf(found), 0.1)
    assert.equal(addedNoiseOf(found), 10)
  })

  it('is their spread, where it is larger', () => {
    const found = compare(rounds({ none: [100, 100, 100], 'none-again': [60, 100, 140], stock: [200, 200, 200] }))
    assert.equal(noiseOf(found), 0.2)
    assert.equal(addedNoiseOf(found), 20)
  })

  it('is nothing where there is no second copy', () => assert.equal(noiseOf(compare(rounds({ none: [1] }))), 0))
})

describe('several samples of one round', () => {
  it('become one, their lower quartile, for each variant', () => {
    const samples = [9, 1, 5, 3, 7].flatMap((value) => [
      { variant: 'none', round: 0, value },
      { variant: 'ours', round: 0, value: value * 10 },
      { variant: 'none', round: 1, value: value + 100 },
    ])
    assert.deepEqual(calmSamples(samples), [
      { variant: 'none', round: 0, value: 3 },
      { variant: 'ours', round: 0, value: 30 },
      { variant: 'none', round: 1, value: 103 },
    ])
  })

  it('stay as they are where there is one of each', () => {
    const samples = rounds({ none: [1, 2], ours: [3, 4] })
    assert.deepEqual(new Set(calmSamples(samples)), new Set(samples))
  })
})

describe('the rounds', () => {
  it('give each variant each place and other neighbours', () => {
    const orders = [0, 1, 2, 3].map((round) => rotate(['a', 'b', 'c'], round).join(''))
    assert.deepEqual(orders, ['abc', 'acb', 'cab', 'cba'])
    assert.deepEqual(rotate([], 3), [])
  })
})
