// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measureRequests, type RequestPlan } from '../../../bench/measure/request.ts'
import { ROUTES } from '../../../bench/measure/routes.ts'
import type { LoadOrder } from '../../../bench/processes/load.ts'
import { COLD_MICROS, LATE_MICROS, named, scene, WARM_MICROS } from './scene.ts'

const plan: RequestPlan = {
  variants: named('none', 'stock', 'ours'),
  routes: ROUTES.slice(0, 2),
  format: 'cjs',
  generations: 2,
  rounds: 2,
  segments: 1,
  from: 5,
  warmUp: 20,
  amount: 10,
}
const WARM_UP_TURNS = 2
/** Of two routes and three variants. */
const TURN = 6

describe('the requests', async () => {
  const { events, start, surroundings } = scene()
  const found = await measureRequests(plan, surroundings, () => {}, start)

  it('are measured once they are warm', () => {
    const values = found.routes['plain']?.filter(({ variant }) => variant === 'none').map(({ value }) => value)
    assert.deepEqual(values, [WARM_MICROS, WARM_MICROS, WARM_MICROS, WARM_MICROS])
  })

  it('have the warm-up and one segment before those that are counted, in each generation', () => {
    const segments = events.filter((event) => event === 'ours /api/plain/7 10').length
    const counted = found.routes['plain']?.filter(({ variant }) => variant === 'ours').length
    assert.deepEqual([segments, counted], [4 + 2 * (WARM_UP_TURNS + 1), 4])
  })

  it('are counted with what is exported after them', () => {
    const values = found.routes['http']?.filter(({ variant }) => variant === 'ours').map(({ value }) => value)
    assert.deepEqual(new Set(values), new Set([WARM_MICROS + LATE_MICROS]))
  })

  it('have several segments in a round, of which one sample is made', async () => {
    const other = scene()
    // Somebody else's work, in some segments of the bare app.
    const disturbances = [...Array(WARM_UP_TURNS).fill(900), 900, 0, 100, 0, 70]
    const load = async (order: LoadOrder) => {
      if (order.amount === plan.amount && order.url.startsWith('http://none/api/plain'))
        other.disturb('none', disturbances.shift() ?? Number.NaN)
      return other.surroundings.load(order)
    }
    const disturbed = { ...plan, generations: 1, rounds: 1, segments: 4 }
    const calm = await measureRequests(disturbed, { ...other.surroundings, load }, () => {}, other.start)
    // Of 0, 0, 7 and 10 a request more; the first is not counted, nor is the warm-up.
    const samples = calm.routes['plain']?.map(({ variant, round, value }) => [variant, round, value])
    assert.deepEqual(samples?.toSorted(), [
      ['none', 5, WARM_MICROS],
      ['ours', 5, WARM_MICROS + LATE_MICROS],
      ['stock', 5, WARM_MICROS + LATE_MICROS],
    ])
    assert.deepEqual(disturbances, [])
  })

  it('have a number of their own for each round of each generation', () => {
    const rounds = found.routes['plain']?.filter(({ variant }) => variant === 'ours').map(({ round }) => round)
    assert.deepEqual(rounds, [5, 6, 7, 8])
  })

  it('are known cold as well, once for each process', () => {
    assert.deepEqual(
      found.cold.filter(({ variant }) => variant === 'none').map(({ round, value }) => [round, value]),
      [
        [5, COLD_MICROS],
        [7, COLD_MICROS],
      ],
    )
  })

  it('alternate between processes that are started once for a generation', () => {
    const segments = events.filter((event) => event.endsWith(' 10')).map((event) => event.replace(/\/api|\/7 10/g, ''))
    assert.deepEqual(events.slice(0, 3), ['start none', 'start stock', 'start ours'])
    // The warm-up goes in turns as well, so that nobody is idle while all others are warmed up.
    assert.deepEqual(segments.slice(0, 2 * TURN), [
      ...['none /plain', 'stock /plain', 'ours /plain', 'none /http', 'stock /http', 'ours /http'],
      ...['none /plain', 'ours /plain', 'stock /plain', 'none /http', 'ours /http', 'stock /http'],
    ])
    // Behind the turn that is not counted.
    assert.deepEqual(segments.slice(3 * TURN, 5 * TURN), [
      ...['stock /plain', 'none /plain', 'ours /plain', 'none /http', 'stock /http', 'ours /http'],
      ...['none /plain', 'stock /plain', 'ours /plain', 'none /http', 'ours /http', 'stock /http'],
    ])
    const count = (what: string) => events.filter((event) => event.startsWith(what)).length
    assert.deepEqual([count('start'), count('end')], [6, 6])
  })

  it('leave no process behind when one does not start', async () => {
    const other = scene()
    other.fail('ours')
    await assert.rejects(
      measureRequests(plan, other.surroundings, () => {}, other.start),
      /it does not start/,
    )
    assert.deepEqual(other.events, ['start none', 'start stock', 'end stock', 'end none'])
  })

  it('have to be answered, each of them', async () => {
    const other = scene()
    const load = async () => ({ answered: 9, failed: 1 })
    const run = measureRequests(plan, { ...other.surroundings, load }, () => {}, other.start)
    await assert.rejects(run, /9 were answered and 1 failed/)
    assert.equal(other.events.filter((event) => event.startsWith('end')).length, 3)
  })
})
