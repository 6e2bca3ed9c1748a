// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest, sentAtEnd } from '../../support/one-request.ts'

describe('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', () => {
  for (const [title, suffix, path] of [
    ['is taken as it is', '/custom/v1/traces', '/custom/v1/traces'],
    ['gets no path of its own', '', '/'],
  ] as const) {
    it(`${title}, and wins over OTEL_EXPORTER_OTLP_ENDPOINT, which the logs still go to`, async (t) => {
      const one = await oneRequest(t, ({ url }) => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/general`,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}${suffix}`,
        OTEL_LOGS_EXPORTER: 'otlp',
      }))
      assert.deepEqual(await sentAtEnd(one), { [path]: 1, '/general/v1/logs': 1 })
    })
  }
})
