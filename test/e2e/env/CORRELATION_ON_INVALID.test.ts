// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { assertRejected } from '../../support/rejection.ts'
import { type App, runApp } from '../../support/run-app.ts'
import { UUID_V4 } from '../../support/seen.ts'

const ask = (app: App, ...headers: readonly string[]) => app.request('/', { headers })

const MALFORMED = ['X-Correlation-ID: <script>']

describe('CORRELATION_ON_INVALID', () => {
  it('regenerate: the application answers under a new ID', async (t) => {
    const app = await runApp({ fixture: 'noisy.mjs', env: { CORRELATION_ON_INVALID: 'regenerate' }, t })
    assert.match((await ask(app, 'X-Correlation-ID', '<script>')).body, UUID_V4)
    await assert.rejects(assertRejected(app, MALFORMED, /not well-formed/), { code: 'ERR_ASSERTION' })
  })

  it('reject: 400 where an ID is malformed or too long and no other is there', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'noisy.mjs', sink, env: { CORRELATION_ON_INVALID: 'reject' }, t })
    await assertRejected(app, MALFORMED, /not well-formed/)
    await assertRejected(app, [`X-Correlation-ID: ${'x'.repeat(200)}`], /too long/)
    await assertRejected(app, ['baggage: correlation.id=%3Cscript%3E'], /not well-formed/)
    assert.match((await ask(app)).body, UUID_V4)
    assert.equal((await ask(app, 'X-Correlation-ID', '<x>', 'X-Request-ID', 'r-1')).body, 'r-1')
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.attributes['correlation.reason'], 'malformed')
  })
})
