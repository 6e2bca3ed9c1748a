// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'

describe('OTEL_NODE_DISABLED_INSTRUMENTATIONS', () => {
  it('http: no spans, and the ID everywhere else', async (t) => {
    const one = await oneRequest(t, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici' })
    assert.equal(one.response.headers['x-correlation-id'], ID)
    assert.equal((await one.app.waitForLogs(2))[0]?.['correlation_id'], ID)
    assert.deepEqual(await sentAtEnd(one), {})
  })

  it('express: server spans have no route', async (t) => {
    const { sink } = await oneRequest(
      t,
      { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'express' },
      { fixture: 'express5.mjs' },
    )
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.name, 'GET')
    assert.equal(span?.attributes['http.route'], undefined)
  })

  it('winston: lines have no ID; of both lists, this one wins', async (t) => {
    const both = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,winston', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'winston' }
    const { app, response } = await oneRequest(t, both)
    assert.equal(response.headers['x-correlation-id'], ID)
    for (const line of await app.waitForLogs(2)) assert.ok(!('correlation_id' in line))
  })
})
