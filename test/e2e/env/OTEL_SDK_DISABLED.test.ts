// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'

describe('OTEL_SDK_DISABLED', () => {
  for (const [value, isDisabled] of [
    ['true', true],
    ['TRUE', true],
    ['1', false],
    ['false', false],
    ['', false],
  ] as const) {
    it(`"${value}" turns telemetry ${isDisabled ? 'off and leaves correlation on' : 'off not at all'}`, async (t) => {
      const one = await oneRequest(t, {
        OTEL_SDK_DISABLED: value,
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_METRICS_EXPORTER: 'otlp',
      })
      assert.equal(one.response.headers['x-correlation-id'], ID)
      const [line] = await one.app.waitForLogs(2)
      assert.equal(line?.['correlation_id'], ID)
      assert.equal('trace_id' in (line ?? {}), !isDisabled)
      const paths = Object.keys(await sentAtEnd(one)).sort()
      assert.deepEqual(paths, isDisabled ? [] : ['/v1/logs', '/v1/metrics', '/v1/traces'])
    })
  }
})
