// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type RunAppOptions, runApp } from '../support/run-app.ts'

const UPSTREAM = path.join(import.meta.dirname, '../fixtures/client-spans/upstream.cjs')

const MODES: Readonly<Record<string, Partial<RunAppOptions>>> = {
  'with tracing': {},
  'with nothing sampled': { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  'without spans': { env: { OTEL_TRACES_EXPORTER: 'none' } },
}

describe('what an application sees of its own requests', () => {
  for (const [mode, options] of Object.entries(MODES)) {
    it(`is what it sees without the preload: ${mode}`, async (t) => {
      await using sink = await startOtlpSink()
      const see = async (more: Partial<RunAppOptions>) => {
        const app = await runApp({ fixture: 'client-listeners.cjs', serve: false, sink, ...more, t })
        await app.exited
        assert.equal(app.logs.length, 1, app.stdout.join('\\n'))
        return app.logs[0]
      }
      const without = await see({ preload: 'none' })
      assert.deepEqual(await see(options), without)
      // The comparison can fail.
      const upstream = await see({ preload: 'none', nodeArgs: ['--require', UPSTREAM] })
      assert.notDeepEqual(upstream, without)
    })
  }
})
