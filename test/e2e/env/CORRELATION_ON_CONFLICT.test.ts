// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { assertRejected } from '../../support/rejection.ts'
import { type App, runApp } from '../../support/run-app.ts'
import { UUID_V4 } from '../../support/seen.ts'

const ask = (app: App, ...headers: readonly string[]) => app.request('/', { headers })

const CONFLICT = ['X-Correlation-ID', 'first-1', 'X-Correlation-ID', 'last-2']
const LINES = ['X-Correlation-ID: first-1', 'X-Correlation-ID: last-2']

/** The value, and the ID in force; undefined for a new one. */
const CASES: Readonly<Record<string, string | undefined>> = { first: 'first-1', last: 'last-2', regenerate: undefined }

describe('CORRELATION_ON_CONFLICT', () => {
  for (const [value, id] of Object.entries(CASES)) {
    it(value, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'noisy.mjs', sink, env: { CORRELATION_ON_CONFLICT: value }, t })
      for (const headers of [CONFLICT, ['X-Correlation-ID', 'first-1, last-2']]) {
        const { body, headers: answered } = await ask(app, ...headers)
        assert.equal(answered['x-correlation-id'], body)
        if (id === undefined) assert.match(body, UUID_V4)
        else assert.equal(body, id)
      }
      const [span] = await sink.waitForSpans(2)
      assert.equal(span?.attributes['correlation.reason'], id === undefined ? 'conflict' : undefined)
      // Equal repeats are one value, and different names are no conflict.
      assert.equal((await ask(app, 'X-Correlation-ID', 'a-1', 'x-correlation-id', 'a-1')).body, 'a-1')
      assert.equal((await ask(app, 'X-Correlation-ID', 'a-1', 'X-Request-ID', 'r-1')).body, 'a-1')
      await assert.rejects(assertRejected(app, LINES, /more than one/), { code: 'ERR_ASSERTION' })
    })
  }

  it('reject', async (t) => {
    const app = await runApp({ fixture: 'noisy.mjs', env: { CORRELATION_ON_CONFLICT: 'reject' }, t })
    await assertRejected(app, LINES, /more than one/)
    assert.equal((await ask(app, 'X-Correlation-ID', 'a-1', 'x-correlation-id', 'a-1')).body, 'a-1')
    assert.equal((await ask(app, 'X-Correlation-ID', 'a-1', 'X-Request-ID', 'r-1')).body, 'a-1')
  })
})
