// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Figure } from '../../../bench/figures.ts'
import { failuresOf, type Goal, judge } from '../../../bench/goals.ts'
import { VARIANTS } from '../../../bench/variants.ts'

const goal: Goal = { figure: 'request.*', variant: 'ours', atMost: 0.4, unit: 'of stock' }
const figure = (value: number, noise = 0, name = 'request.cjs.plain'): Figure => ({
  figure: name,
  variant: 'ours',
  value,
  noise,
})

const OUTCOMES: readonly (readonly [number, number, string])[] = [
  [0.39, 0, 'met'],
  [0.4, 0, 'met'],
  [0.41, 0.02, 'within the noise'],
  [0.43, 0.02, 'missed'],
  [0.8, 0, 'missed'],
  [0.82, 0.02, 'missed'],
  [0.83, 0.02, 'far off'],
  [Number.NaN, 0, 'far off'],
]

describe('a goal', () => {
  for (const [value, noise, outcome] of OUTCOMES) {
    it(`of at most 0.4 is ${outcome} at ${value} ±${noise}`, () => {
      assert.equal(judge([goal], [figure(value, noise)])[0]?.outcome, outcome)
    })
  }

  it('is judged by the worst of its figures, beyond the noise of each', () => {
    const figures = [figure(0.3), figure(0.5, 0.2, 'request.cjs.http'), figure(0.41, 0, 'request.esm.body')]
    assert.equal(judge([goal], figures)[0]?.worst?.figure, 'request.esm.body')
  })

  it('speaks of its figures and variants only', () => {
    const figures = [figure(9, 0, 'start.cpu'), { ...figure(9), variant: 'ours-unsampled' }]
    assert.deepEqual(judge([goal], figures)[0], { goal, worst: undefined, outcome: 'not measured' })
    const all = judge([{ ...goal, variant: 'ours*' }], figures)
    assert.equal(all[0]?.worst?.variant, 'ours-unsampled')
  })

  it('of none is met by none only', () => {
    const none = { ...goal, figure: 'disk.duplicates', atMost: 0 }
    const outcomes = [0, 1].map((count) => judge([none], [figure(count, 0, 'disk.duplicates')])[0]?.outcome)
    assert.deepEqual(outcomes, ['met', 'far off'])
  })
})

describe('the check', () => {
  const verdicts = judge([goal], [figure(0.5)]).concat(judge([goal], [figure(2)]), judge([goal], []))

  it('fails for what is missed', () => {
    assert.deepEqual(
      failuresOf(verdicts, false).map(({ outcome }) => outcome),
      ['missed', 'far off'],
    )
  })

  it('fails in a quick run only for what is far off', () => {
    assert.deepEqual(
      failuresOf(verdicts, true).map(({ outcome }) => outcome),
      ['far off'],
    )
  })
})

describe('the goals', () => {
  const file = new URL('../../../bench/goals.json', import.meta.url)
  const goals = JSON.parse(readFileSync(file, 'utf8')) as readonly Goal[]

  it('name variants that exist', () => {
    const names = VARIANTS.map(({ name }) => name)
    const unknown = goals.filter(({ variant }) => !names.some((name) => variant.replace('*', '') === name))
    assert.deepEqual(unknown, [])
  })

  it('are those that were set', () => {
    const atMost = (figure: string, variant: string) =>
      goals.find((one) => one.figure === figure && one.variant === variant)?.atMost
    assert.deepEqual(
      [
        atMost('start.cpu', 'ours'),
        atMost('start.operator.cpu', 'ours'),
        atMost('request.cjs.*', 'ours'),
        atMost('request.esm.*', 'ours'),
        atMost('request.cjs.*', 'ours-unsampled'),
        atMost('request.esm.*', 'ours-unsampled'),
        atMost('request.cjs.*', 'ours-correlation-only'),
        atMost('request.esm.*', 'ours-correlation-only'),
        atMost('memory.rss.*', 'ours'),
        atMost('disk.mib', 'ours'),
        atMost('disk.duplicates', 'ours'),
      ],
      [0.15, 0.15, 0.4, 0.4, 0.25, 0.25, 0.06, 0.06, 0.35, 0.5, 0],
    )
  })
})
