// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'

describe('CORRELATION_LOG_FIELD', () => {
  for (const [value, field] of [
    [undefined, 'correlation_id'],
    ['requestId', 'requestId'],
    ['none', undefined],
  ] as const) {
    it(`${value} writes ${field ?? 'no'} field; trace and span are there in any case`, async (t) => {
      const { app, response } = await oneRequest(t, { CORRELATION_LOG_FIELD: value })
      assert.equal(response.headers['x-correlation-id'], ID)
      for (const line of await app.waitForLogs(2)) {
        const holding = Object.keys(line).filter((name) => line[name] === ID)
        assert.deepEqual(holding, field === undefined ? [] : [field])
        assert.match(String(line['trace_id']), /^[0-9a-f]{32}$/)
        assert.match(String(line['span_id']), /^[0-9a-f]{16}$/)
      }
    })
  }

  for (const value of ['message', 'a b']) {
    it(`${value} is no field of ours: one warning, and the default`, async (t) => {
      const { app } = await oneRequest(t, { CORRELATION_LOG_FIELD: value })
      const [line] = await app.waitForLogs(2)
      assert.equal(line?.['message'], 'first line')
      assert.equal(line?.['correlation_id'], ID)
      assert.equal(app.stderr.match(/CORRELATION_LOG_FIELD/g)?.length, 1)
      assert.ok(!app.stderr.includes(value))
    })
  }
})
