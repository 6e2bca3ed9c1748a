// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { figuresOf } from '../../../bench/figures.ts'
import { RUN } from './sample-run.ts'

const EXPECTED: readonly (readonly [string, string, number, number])[] = [
  ['start.cpu', 'ours', 0.25, 0.005],
  ['start.operator.cpu', 'ours', 0.25, 0.005],
  ['start.exported.cpu', 'ours', 0.25, 0.005],
  ['request.cjs.plain', 'ours', 0.25, 0.005],
  ['request.esm.plain', 'ours', 0.25, 0.005],
  ['cold.cjs', 'ours', 0.25, 0],
  ['memory.rss.0', 'ours', 0.25, 0.005],
  ['memory.rss.60000', 'ours', 0.25, 0.005],
  // From 20,000 to 60,000 requests, and beyond what the bare app grew.
  ['memory.heap.growth', 'ours', 3, 0],
  ['disk.mib', 'ours', 0.4, 0],
  ['disk.duplicates', 'stock', 1, 0],
  ['disk.duplicates', 'ours', 0, 0],
  ['job.missing.cjs', 'ours', 0, 0],
  ['job.missing.cjs', 'stock', 3, 0],
  // One server span of a hundred, and one request's two lines of a hundred.
  ['cluster.lost', 'ours', 2, 0],
  ['parts.micros', 'ours-correlation-only', 4, 1],
  ['soak.heap.growth', 'ours', 3, 0],
]

describe('the figures of a run', () => {
  const figures = figuresOf(RUN)
  for (const [name, variant, value, noise] of EXPECTED) {
    it(`have ${name} of ${variant}`, () => {
      const found = figures.find((one) => one.figure === name && one.variant === variant)
      assert.deepEqual(found, { figure: name, variant, value, noise })
    })
  }

  it('are none of what was not measured', () => {
    const { date, command, quick, machine, versions, missing } = RUN
    assert.deepEqual(figuresOf({ date, command, quick, machine, versions, missing }), [])
  })
})
