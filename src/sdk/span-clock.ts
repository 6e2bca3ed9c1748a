// SPDX-License-Identifier: Apache-2.0
import type { HrTime, TimeInput } from '@opentelemetry/api'
import { addHrTimes, hrTime, isTimeInputHrTime, millisToHrTime } from '@opentelemetry/core'

/**
 * Tells a span's times: its start by the wall clock, what comes later by the monotonic one, so that a clock that is set meanwhile
 * changes no duration. As the SDK's own spans have it.
 */
export class SpanClock {
  readonly startTime: HrTime
  readonly #monotonic = performance.now()
  readonly #wall = Date.now()
  readonly #isGiven: boolean

  /** @param start - What the caller says, who then has to say the end as well: it may lie anywhere. */
  constructor(start: TimeInput | undefined) {
    this.#isGiven = start !== undefined && start !== null
    this.startTime = this.#isGiven ? this.timeOf(start) : millisToHrTime(this.#wall)
  }

  /** A time that the caller gave, in any of the API's forms, or now. */
  timeOf(input: TimeInput | undefined): HrTime {
    if (typeof input === 'number') {
      // A small number is one of `performance.now()`; the origin of that drifts from the wall clock.
      const drift = this.#wall - (this.#monotonic + performance.timeOrigin)
      return input <= performance.now() ? hrTime(input + drift) : millisToHrTime(input)
    }
    if (input instanceof Date) return millisToHrTime(input.getTime())
    if (input !== undefined && isTimeInputHrTime(input)) return input
    if (this.#isGiven) return millisToHrTime(Date.now())
    return addHrTimes(this.startTime, millisToHrTime(performance.now() - this.#monotonic))
  }
}
