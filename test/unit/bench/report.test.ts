// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { figuresOf } from '../../../bench/figures.ts'
import { judge } from '../../../bench/goals.ts'
import { renderBars } from '../../../bench/report/bars.ts'
import { costChart, scaleChart } from '../../../bench/report/charts.ts'
import { costTables } from '../../../bench/report/cost-tables.ts'
import { renderInstructionsPage } from '../../../bench/report/instructions-page.ts'
import { renderLines } from '../../../bench/report/lines.ts'
import { fixed, signed } from '../../../bench/report/numbers.ts'
import { goalsTable } from '../../../bench/report/other-tables.ts'
import { renderPage } from '../../../bench/report/page.ts'
import { updateReadme } from '../../../bench/report/readme.ts'
import { renderMarkdown, renderText } from '../../../bench/report/table.ts'
import { RUN } from './sample-run.ts'

const TABLE = {
  title: 'Cost',
  note: 'In µs.',
  columns: ['', 'CPU'],
  rows: [
    ['a|b', '7'],
    ['longer', '12'],
  ],
}

describe('a table', () => {
  it('is aligned on a terminal', () => {
    assert.deepEqual(renderText(TABLE).split('\n').slice(3), [
      '        CPU',
      '──────  ───',
      'a|b       7',
      'longer   12',
      '',
    ])
  })

  it('is Markdown on the page', () => {
    assert.deepEqual(renderMarkdown(TABLE).split('\n'), [
      '## Cost',
      '',
      'In µs.',
      '',
      '|  | CPU |',
      '| --- | ---: |',
      '| a\\|b | 7 |',
      '| longer | 12 |',
      '',
    ])
  })
})

describe('a number', () => {
  it('has a sign that is one, and no negative zero', () => {
    assert.deepEqual([fixed(-0.001, 2), fixed(-1.25, 1), fixed(3, 0), fixed(Number.NaN, 1)], ['0.00', '−1.3', '3', '—'])
    assert.deepEqual([signed(-0.001, 2), signed(-12, 0), signed(12, 0)], ['+0.00', '−12', '+12'])
  })
})

describe('the tables of cost', () => {
  it('have what the bare app takes, what the others add, and the share of stock', () => {
    const [request] = costTables(RUN)
    assert.deepEqual(request?.rows, [
      ['the app alone', '100', '100', '400'],
      ['the app alone, once more (A/A)', '+1 (0.01 ±0.00)', '+1 (0.01 ±0.00)', '+0 (0.00 ±0.00)'],
      ['auto-instrumentations-node', '+200 (1.00 ±0.00)', '+200 (1.00 ±0.00)', '+800 (1.00 ±0.00)'],
      ['@org/correlation', '+50 (0.25 ±0.00)', '+50 (0.25 ±0.00)', '+200 (0.25 ±0.00)'],
      ['noise', '±1 (0.005)', '±1 (0.005)', '±0'],
    ])
  })

  it('have as many cells in each row as there are columns', () => {
    for (const { title, columns, rows } of costTables(RUN)) {
      for (const row of rows) assert.equal(row.length, columns.length, title)
    }
  })
})

describe('the table of goals', () => {
  it('says of each figure what it is, what it was to be, how sure that is, and whether it was met', () => {
    const goal = { figure: 'request.*', variant: 'ours', atMost: 0.4, unit: 'of stock' }
    const { rows } = goalsTable(judge([goal, { ...goal, figure: 'other' }], figuresOf(RUN)))
    assert.deepEqual(rows, [
      ['request.cjs.plain', 'ours', '0.250', '0.4 of stock', '±0.005', 'met'],
      ['request.cjs.http', 'ours', '0.250', '0.4 of stock', '±0.005', 'met'],
      ['request.esm.plain', 'ours', '0.250', '0.4 of stock', '±0.005', 'met'],
      ['other', 'ours', '—', '0.4 of stock', '—', 'not measured'],
    ])
  })
})

describe('the page', () => {
  const page = renderPage(RUN, judge([], figuresOf(RUN)))

  it('says what was measured, when, by which command, with which versions', () => {
    for (const text of ['2026-01-02', 'npm run bench -- --write', '2 cores', 'v24.0.0', '- express 5.3.0']) {
      assert.ok(page.includes(text), text)
    }
  })

  it('names the variants that did not run, and why', () =>
    assert.match(page, /- @dash0\/opentelemetry: it does not start/))

  it('has every part of the run', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    assert.deepEqual(headings, [
      'How',
      'Goals',
      'CPU of a request, app in CommonJS',
      'CPU of a request, app in ES modules',
      'Start',
      'Memory (RSS)',
      'Memory (RSS) under load',
      'Heap',
      'Time to answer',
      'The parts alone',
      'Instructions of a request, app in CommonJS',
      'What was done for it',
      'Installation',
      'Scale: concurrent connections',
      'Scale: entries of baggage in the request',
      'Scale: log lines a request',
      'Scale: outbound calls a request',
      'A cluster of two workers',
      'Load with the collector gone',
      'Versions',
    ])
  })
})

describe('the page of the instructions', () => {
  const { date, command, quick, machine, versions, missing, instructions } = RUN
  const goal = { figure: 'instructions.*', variant: 'ours', atMost: 0.4, unit: 'of stock' }
  const run = { date, command, quick, machine, versions, missing, ...(instructions ? { instructions } : {}) }
  const page = renderInstructionsPage(run, judge([goal], figuresOf(run)))

  it('has the goals, and what each adds', () => {
    assert.match(page, /^\| instructions\.cjs\.plain \| ours \| 0\.250 \| 0\.4 of stock \| ±0\.002 \| met \|$/m)
    assert.match(page, /^\| the app alone \| 250 \|$/m)
    assert.match(page, /^\| @org\/correlation \| \+150 \(0\.25 ±0\.00\) \|$/m)
  })

  it('says what it was measured with', () => assert.ok(page.includes('v24.0.0') && page.includes('- express 5.3.0')))
})

describe('the README', () => {
  const readme = 'before\n<!-- benchmarks:start -->\nold\n<!-- benchmarks:end -->\nafter\n'

  it('gets the numbers at their place, and nothing else', () => {
    const updated = updateReadme(readme, RUN)
    assert.match(updated, /^before\n<!-- benchmarks:start -->\n!\[[^\]]+\]\(docs\/benchmarks\.svg\)/)
    assert.match(updated, /\| CPU of a request [^|]*\| 0\.25 \|/)
    assert.match(updated, /<!-- benchmarks:end -->\nafter\n$/)
    assert.doesNotMatch(updated, /old/)
    assert.equal(updateReadme(updated, RUN), updated)
  })

  it('has to have a place', () => assert.throws(() => updateReadme('nothing', RUN), /has no/))
})

describe('a chart', () => {
  it('has bars of the lengths of the values, and ours in another colour', () => {
    const bars = [
      { label: 'stock', value: 1, isOurs: false },
      { label: 'a<b', value: 0.5, isOurs: true },
    ]
    const svg = renderBars([{ title: 'CPU', bars }])
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))
    assert.equal(widths.length, 2)
    assert.equal(widths[0], 2 * (widths[1] ?? 0))
    assert.deepEqual(
      [...svg.matchAll(/class="(bar[\w-]*)"/g)].map(([, name]) => name),
      ['bar', 'bar-ours'],
    )
    assert.ok(svg.includes('a&lt;b') && !svg.includes('a<b'))
  })

  it('has lines through a point for each size', () => {
    const svg = renderLines([
      { title: 'CPU', sizes: [1, 8, 64], lines: [{ label: 'ours', isOurs: true, values: [1, 2, 4] }] },
    ])
    const [, points = ''] = /points="([^"]+)"/.exec(svg) ?? []
    const heights = points.split(' ').map((point) => Number(point.split(',')[1]))
    const [first = 0, second = 0, third = 0] = heights
    assert.equal(heights.length, 3)
    assert.ok(first > second && second > third, points)
    assert.ok(Math.abs(first - second - (second - third) / 2) < 0.2, 'in proportion')
  })

  it('keeps labels of lines that end together apart', () => {
    const lines = ['a', 'b', 'c'].map((label) => ({ label, isOurs: false, values: [1, 0] }))
    const svg = renderLines([{ title: 'CPU', sizes: [1, 8], lines }])
    const heights = [...svg.matchAll(/y="([\d.]+)" class="value">[abc]</g)].map(([, y]) => Number(y))
    assert.equal(heights.length, 3)
    const sorted = heights.toSorted((a, b) => a - b)
    assert.ok(
      sorted.every((y, index) => index === 0 || y - (sorted[index - 1] ?? 0) >= 15),
      heights.join(' '),
    )
  })

  it('is drawn of a run, without the bare app', () => {
    const cost = costChart(RUN)
    assert.match(cost, />auto-instrumentations-node</)
    assert.doesNotMatch(cost, />the app alone</)
    assert.match(scaleChart(RUN) ?? '', /<polyline/)
    const { scale: _scale, ...without } = RUN
    assert.equal(scaleChart(without), undefined)
  })
})
