// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'

describe('OTEL_BSP_MAX_QUEUE_SIZE', () => {
  for (const [size, losesSome] of [
    ['2', true],
    [undefined, false],
    ['-1', false],
  ] as const) {
    it(`${size} ${losesSome ? 'drops what is more' : 'has room for 100 spans'}, and the process ends`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({
        fixture: 'script-spans.cjs',
        args: ['100'],
        serve: false,
        sink,
        env: { OTEL_BSP_MAX_QUEUE_SIZE: size },
        t,
      })
      assert.deepEqual(await app.exited, { code: 0, signal: null })
      assert.ok(sink.spans.length > 0)
      assert.equal(sink.spans.length < 100, losesSome, String(sink.spans.length))
    })
  }
})
