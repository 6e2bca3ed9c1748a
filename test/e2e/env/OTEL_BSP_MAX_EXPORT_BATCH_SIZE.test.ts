// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'

describe('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', () => {
  for (const [size, requests] of [
    ['2', 2],
    [undefined, 1],
    ['0', 1],
    ['nonsense', 1],
  ] as const) {
    it(`${size} sends four spans in ${requests} requests`, async (t) => {
      await using sink = await startOtlpSink()
      const env = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: size, OTEL_BSP_SCHEDULE_DELAY: '600000' }
      await runApp({ fixture: 'script-spans.cjs', args: ['4'], serve: false, sink, env, t })
      assert.equal(sink.spans.length, 4)
      assert.equal(sink.requests.length, requests)
    })
  }
})
