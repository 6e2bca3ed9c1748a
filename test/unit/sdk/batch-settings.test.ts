// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { batchSettings } from '../../../src/sdk/batch-settings.ts'

describe('batchSettings()', () => {
  for (const [prefix, other] of [
    ['OTEL_BSP', 'OTEL_BLRP'],
    ['OTEL_BLRP', 'OTEL_BSP'],
  ] as const) {
    it(`reads ${prefix}_* and leaves out what is absent, no number, or not above 0`, () => {
      const env = {
        [`${prefix}_MAX_QUEUE_SIZE`]: '7',
        [`${prefix}_SCHEDULE_DELAY`]: '50',
        [`${prefix}_EXPORT_TIMEOUT`]: 'soon',
        [`${prefix}_MAX_EXPORT_BATCH_SIZE`]: '0',
        [`${other}_EXPORT_TIMEOUT`]: '9',
      }
      assert.deepEqual(batchSettings(env, prefix), { maxQueueSize: 7, scheduledDelayMillis: 50 })
    })
  }
})
