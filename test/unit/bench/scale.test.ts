// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DIMENSIONS, measureScale, type ScalePlan } from '../../../bench/measure/scale.ts'
import type { LoadOrder } from '../../../bench/processes/load.ts'
import { LATE_MICROS, named, scene, WARM_MICROS } from './scene.ts'

const plan: ScalePlan = {
  variants: named('none', 'ours'),
  format: 'cjs',
  rounds: 1,
  segments: 1,
  warmUp: 1,
  amount: 1_000,
}
/** The warm-up, the turn that is not counted, and the one that is. */
const SEGMENTS = 3

describe('the scale', async () => {
  const { events, start, surroundings } = scene()
  const orders: LoadOrder[] = []
  const load = async (order: LoadOrder) => {
    orders.push(order)
    return surroundings.load(order)
  }
  const found = await measureScale(plan, { ...surroundings, load }, () => {}, start)

  it('has each size of what grows, from processes that are warm', () => {
    for (const { name, sizes } of DIMENSIONS) {
      for (const size of sizes) {
        const samples = found[name]?.[size]?.map(({ variant, round, value }) => [variant, round, value])
        const expected = [
          ['none', 0, WARM_MICROS],
          ['ours', 0, WARM_MICROS + LATE_MICROS],
        ]
        assert.deepEqual(samples?.toSorted(), expected, `${name}, ${size}`)
      }
    }
  })

  it('is measured of one process for each variant, all sizes of which are warmed up', () => {
    const count = (what: string) => events.filter((event) => event.startsWith(what)).length
    assert.deepEqual([count('start'), count('end')], [2, 2])
    for (const path of ['/api/logs/2', '/api/logs/50', '/api/calls/20']) {
      assert.equal(count(`ours ${path} `), SEGMENTS, path)
    }
  })

  it('asks for fewer requests where each is more work, and for at least one on each connection', () => {
    const amountsOf = (path: string) =>
      new Set(orders.filter(({ url }) => url.endsWith(path)).map(({ amount }) => amount))
    assert.deepEqual(amountsOf('/api/logs/2'), new Set([500]))
    assert.deepEqual(amountsOf('/api/logs/50'), new Set([300]))
    assert.ok(orders.some(({ connections }) => connections === 1_000))
    assert.ok(orders.every(({ amount, connections }) => amount >= connections))
  })

  it('has as many entries of baggage as it says', () => {
    const counts = orders.flatMap(({ headers }) => headers?.['baggage']?.split(',').length ?? [])
    assert.deepEqual(new Set(counts), new Set([1, 8, 64]))
  })
})
