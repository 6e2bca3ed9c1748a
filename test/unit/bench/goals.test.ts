// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type Figure, figuresOf } from '../../../bench/figures.ts'
import { type Checked, failuresOf, type Goal, judge, partOf } from '../../../bench/goals.ts'
import { PARTS } from '../../../bench/options.ts'
import { PARTS_ALONE, REQUESTED, VARIANTS } from '../../../bench/variants.ts'
import { RUN } from './sample-run.ts'

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
  [0.1, 0.41, 'lost in the noise'],
  [-0.2, 0.41, 'lost in the noise'],
  [1.3, 0.41, 'far off'],
  [Number.NaN, 0, 'far off'],
]

describe('a goal', () => {
  for (const [value, noise, outcome] of OUTCOMES) {
    it(`of at most 0.4 is ${outcome} at ${value} ±${noise}`, () => {
      assert.equal(judge([goal], [figure(value, noise)])[0]?.outcome, outcome)
    })
  }

  it('is judged by each of its figures', () => {
    const figures = [figure(0.3), figure(0.5, 0.2, 'request.cjs.http'), figure(0.41, 0, 'request.esm.body')]
    assert.deepEqual(
      judge([goal], figures).map((verdict) => [verdict.figure?.figure, verdict.outcome]),
      [
        ['request.cjs.plain', 'met'],
        ['request.cjs.http', 'within the noise'],
        ['request.esm.body', 'missed'],
      ],
    )
  })

  it('speaks of its figures and variants only', () => {
    const figures = [figure(9, 0, 'start.cpu'), { ...figure(9), variant: 'ours-unsampled' }]
    assert.deepEqual(judge([goal], figures)[0], { goal, figure: undefined, outcome: 'not measured' })
    const all = judge([{ ...goal, variant: 'ours*' }], figures)
    assert.equal(all[0]?.figure?.variant, 'ours-unsampled')
  })

  it('of none is met by none only', () => {
    const none = { ...goal, figure: 'disk.duplicates', atMost: 0 }
    const outcomes = [0, 1].map((count) => judge([none], [figure(count, 0, 'disk.duplicates')])[0]?.outcome)
    assert.deepEqual(outcomes, ['met', 'far off'])
  })
})

describe('the check', () => {
  const verdicts = judge([goal], [figure(0.5), figure(0.1, 0.5), figure(2)]).concat(judge([goal], []))
  const FAILURES: readonly (readonly [string, Checked, readonly string[]])[] = [
    [
      'what is missed',
      { quick: false, isWhole: false, parts: ['request'] },
      ['missed', 'lost in the noise', 'far off'],
    ],
    ['only what is far off in a quick run', { quick: true, isWhole: false, parts: ['request'] }, ['far off']],
    [
      'a goal without a figure in a whole run',
      { quick: false, isWhole: true, parts: ['request'] },
      ['missed', 'lost in the noise', 'far off', 'not measured'],
    ],
    [
      'no goal of a part that was not run',
      { quick: false, isWhole: true, parts: ['start'] },
      ['missed', 'lost in the noise', 'far off'],
    ],
  ]
  for (const [what, checked, expected] of FAILURES) {
    it(`fails for ${what}`, () => {
      assert.deepEqual(
        failuresOf(verdicts, checked).map(({ outcome }) => outcome),
        expected,
      )
    })
  }
})

describe('the check of what depends on the machine', () => {
  const micros: Goal = { figure: 'parts.micros', variant: 'ours', atMost: 5, unit: 'µs' }
  const verdicts = judge([micros], [figure(13, 1, 'parts.micros')])
  for (const quick of [true, false]) {
    it(`${quick ? 'does not fail' : 'fails'} ${quick ? 'in a quick run' : 'otherwise'}`, () => {
      assert.equal(failuresOf(verdicts, { quick, isWhole: false, parts: ['parts'] }).length, quick ? 0 : 1)
    })
  }
})

describe('a quick check of requests', () => {
  const share: Goal = { figure: 'request.*', variant: 'ours', atMost: 0.06, unit: 'of stock' }
  const quick: Checked = { quick: true, isWhole: false, parts: ['request'] }
  // Twice the goal, and what one process may differ from another.
  for (const [value, noise, fails] of [
    [0.26, 0.01, 0],
    [0.28, 0.01, 1],
    [0.28, 0.17, 0],
    [Number.NaN, 0, 1],
  ] as const) {
    it(`${fails === 0 ? 'lets pass' : 'fails for'} ${value} ±${noise} where 0.06 is the goal`, () => {
      assert.equal(failuresOf(judge([share], [figure(value, noise)]), quick).length, fails)
    })
  }

  it('gives a start no such room', () => {
    const start: Goal = { ...share, figure: 'start.cpu' }
    assert.equal(failuresOf(judge([start], [figure(0.2, 0.01, 'start.cpu')]), quick).length, 1)
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

  it('are each of a part of the benchmark, by the name of its figures', () => {
    const parts: readonly string[] = PARTS
    assert.deepEqual(
      goals.map(partOf).filter((part) => !parts.includes(part)),
      [],
    )
  })

  it('speak about the requests of both twins', () => {
    const of = (format: string) =>
      goals.filter(({ figure }) => figure === `request.${format}.*`).map(({ variant, atMost }) => [variant, atMost])
    assert.equal(of('cjs').length, 4)
    assert.deepEqual(of('cjs'), of('esm'))
  })

  it('have a figure in a run of every part', () => {
    const found = judge(goals, figuresOf(RUN)).filter(({ goal: { variant } }) => /^ours\*?$/.test(variant))
    assert.deepEqual(
      found.filter(({ outcome }) => outcome === 'not measured').map(({ goal: { figure } }) => figure),
      [],
    )
  })

  it('are of variants that are measured for them', () => {
    const measured = new Map([
      ['cjs', REQUESTED],
      ['esm', REQUESTED],
      ['parts', PARTS_ALONE],
    ])
    for (const { figure, variant } of goals) {
      const [part = '', format = ''] = figure.split('.')
      const names = measured.get(part === 'request' ? format : part)
      assert.ok(names === undefined || names.includes(variant), `${figure} of ${variant}`)
    }
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
