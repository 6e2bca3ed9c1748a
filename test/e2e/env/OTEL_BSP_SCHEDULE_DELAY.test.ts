// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_BSP_SCHEDULE_DELAY', () => {
  it('is how long spans wait; none is lost at the end', async (t) => {
    const { app, sink } = await oneRequest(t, { OTEL_BSP_SCHEDULE_DELAY: '600000' })
    await app.request('/')
    assert.equal(sink.requests.length, 0)
    await app.stop()
    assert.equal(sink.requests.length, 1)
    assert.equal(sink.spans.length, 2)
  })

  it('short, sends while the process runs', async (t) => {
    const { sink } = await oneRequest(t, { OTEL_BSP_SCHEDULE_DELAY: '1' })
    await sink.waitForSpans(1)
    assert.equal(sink.requests.length, 1)
  })
})
