// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'

describe('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', () => {
  it('limits the attributes of a span, and the ID is the one that stays', async (t) => {
    const { sink } = await oneRequest(t, { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2' })
    const [span] = await sink.waitForSpans(1)
    assert.equal(Object.keys(span?.attributes ?? {}).length, 2)
    assert.equal(span?.attributes['correlation.id'], ID)
  })

  it('unset, there are more', async (t) => {
    const { sink } = await oneRequest(t, {})
    const [span] = await sink.waitForSpans(1)
    assert.ok(Object.keys(span?.attributes ?? {}).length > 2)
  })
})
