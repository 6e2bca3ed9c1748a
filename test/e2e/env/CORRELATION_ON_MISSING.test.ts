// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { assertRejected } from '../../support/rejection.ts'
import { type App, runApp } from '../../support/run-app.ts'
import { UUID_V4 } from '../../support/seen.ts'

const ask = (app: App, ...headers: readonly string[]) => app.request('/', { headers })

describe('CORRELATION_ON_MISSING', () => {
  it('generate: the application answers under a new ID', async (t) => {
    const app = await runApp({ fixture: 'noisy.mjs', env: { CORRELATION_ON_MISSING: 'generate' }, t })
    assert.match((await ask(app)).body, UUID_V4)
    await assert.rejects(assertRejected(app, [], /no correlation ID/), { code: 'ERR_ASSERTION' })
  })

  it('reject: 400 where there is no ID, and only there', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'noisy.mjs', sink, env: { CORRELATION_ON_MISSING: 'reject' }, t })
    await assertRejected(app, [], /no correlation ID/)
    await assertRejected(app, ['X-Correlation-ID: '], /no correlation ID/)
    assert.equal((await ask(app, 'X-Correlation-ID', 'a-1')).body, 'a-1')
    assert.equal((await ask(app, 'baggage', 'correlation.id=g-1')).body, 'g-1')
    assert.match((await ask(app, 'X-Correlation-ID', '<x>')).body, UUID_V4)
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.attributes['http.response.status_code'], 400)
    assert.equal(span?.attributes['correlation.reason'], 'missing')
  })
})
