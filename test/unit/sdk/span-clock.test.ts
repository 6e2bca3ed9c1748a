// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { ROOT_CONTEXT, type TimeInput } from '@opentelemetry/api'
import fc from 'fast-check'
import { SpanClock } from '../../../src/sdk/span-clock.ts'
import { doWithBoth } from './both-tracers.ts'

const WALL = 1_750_000_000_000
let now = 0
let wall = 0
const atStart = () => {
  now = 1000
  wall = WALL
}

const time = fc.oneof(
  fc.constant(undefined),
  fc.date({ noInvalidDate: false, min: new Date(WALL - 1e6), max: new Date(WALL + 1e6) }),
  fc.double({ min: -10, max: 1020 }),
  fc.double({ min: WALL - 1000, max: WALL + 1000 }),
  fc.integer({ min: WALL - 1000, max: WALL + 1000 }),
  fc.tuple(fc.integer({ min: WALL / 1000 - 9, max: WALL / 1000 + 9 }), fc.integer({ min: 0, max: 999_999_999 })),
  fc.constantFrom<unknown>(null, 'x', [1], Number.NaN, {}),
) as fc.Arbitrary<TimeInput | undefined>

describe('SpanClock', () => {
  before(() => {
    mock.method(performance, 'now', () => now)
    mock.method(Date, 'now', () => wall)
  })
  after(() => mock.restoreAll())

  it('tells later times by the monotonic clock, whatever becomes of the one on the wall', () => {
    atStart()
    const clock = new SpanClock(undefined)
    assert.deepEqual(clock.startTime, [1_750_000_000, 0])
    now += 12.5
    wall -= 60_000
    assert.deepEqual(clock.timeOf(undefined), [1_750_000_000, 12_500_000])
  })

  it('tells them by the one on the wall where the start was given', () => {
    atStart()
    const clock = new SpanClock(WALL - 5000)
    now += 12.5
    wall += 2000
    assert.deepEqual(clock.timeOf(undefined), [1_750_000_002, 0])
  })

  it('property: a span has the times of the SDK’s, whatever the caller gives', () => {
    fc.assert(
      fc.property(time, time, time, fc.integer({ min: -5000, max: 5000 }), (start, event, end, drift) => {
        const { ours, sdks } = doWithBoth(
          (span) => {
            now += 17.25
            wall += drift
            span.addEvent('event', undefined, event)
            span.end(end)
          },
          { atStart },
          start === undefined ? {} : { startTime: start },
          ROOT_CONTEXT,
        )
        assert.deepEqual(ours, sdks)
      }),
      { numRuns: 1000 },
    )
  })
})
