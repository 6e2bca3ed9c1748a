// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jobName } from '../../../../instrumentations/schedules/job-name.ts'

function cleanUp(): void {}
const CRON = '*/5 * * * *'

const CASES: readonly (readonly [expected: string, name: unknown, callback: unknown, expression?: unknown])[] = [
  ['nightly', 'nightly', cleanUp, CRON],
  // What node-cron and node-schedule make up.
  ['cleanUp', '0b9e7c1e-7a51-4b0f-9c5e-3f1f2f6a9d10', cleanUp, CRON],
  ['cleanUp', '<Anonymous Job 1 2026-11-23T08:00:00.000Z>', cleanUp],
  [CRON, undefined, () => undefined, CRON],
  [CRON, '', { onTick() {} }.onTick, CRON],
  [CRON, null, 'a command', CRON],
  ['scheduled job', undefined, undefined, new Date(0)],
  ['scheduled job', undefined, Object.defineProperty(() => undefined, 'name', { value: () => 'no text' })],
  ['scheduled job', 7, undefined],
]

describe('jobName()', () => {
  for (const [expected, ...given] of CASES) {
    it(`of ${given.map(String).join(' | ')} is ${expected}`, () => {
      assert.equal(jobName(...given), expected)
    })
  }
})
