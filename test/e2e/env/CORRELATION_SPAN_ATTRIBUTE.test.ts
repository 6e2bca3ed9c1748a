// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'

describe('CORRELATION_SPAN_ATTRIBUTE', () => {
  for (const [value, attribute] of [
    [undefined, 'correlation.id'],
    ['app.request_id', 'app.request_id'],
    ['none', undefined],
  ] as const) {
    it(`${value} puts the ID into ${attribute ?? 'no'} attribute of spans and log records`, async (t) => {
      const env = { CORRELATION_SPAN_ATTRIBUTE: value, OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: '20' }
      const { sink, app, response } = await oneRequest(t, env)
      assert.equal(response.headers['x-correlation-id'], ID)
      assert.equal((await app.waitForLogs(2))[0]?.['correlation_id'], ID)
      const [span] = await sink.waitForSpans(1)
      const records = await sink.waitForLogs(2)
      for (const { attributes } of [span, ...records].filter((each) => each !== undefined)) {
        const holding = Object.keys(attributes).filter((name) => attributes[name] === ID)
        assert.deepEqual(holding, attribute === undefined ? [] : [attribute])
      }
    })
  }
})
