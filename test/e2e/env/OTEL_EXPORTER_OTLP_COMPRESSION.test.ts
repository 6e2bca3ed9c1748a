// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'

describe('OTEL_EXPORTER_OTLP_COMPRESSION', () => {
  for (const [value, encoding] of [
    ['gzip', 'gzip'],
    ['none', undefined],
    [undefined, undefined],
  ]) {
    it(`${value} sends spans ${encoding === undefined ? 'as they are' : 'compressed'}`, async (t) => {
      const { sink } = await oneRequest(t, { OTEL_EXPORTER_OTLP_COMPRESSION: value })
      const [span] = await sink.waitForSpans(1)
      assert.equal(span?.attributes['correlation.id'], ID)
      assert.equal(sink.requests[0]?.headers['content-encoding'], encoding)
    })
  }
})
