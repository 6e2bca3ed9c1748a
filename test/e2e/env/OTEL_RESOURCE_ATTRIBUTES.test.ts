// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_RESOURCE_ATTRIBUTES', () => {
  it('is the resource of spans, records and metrics, beside what we are', async (t) => {
    const { sink, app } = await oneRequest(t, {
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,team=a%20b',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'otlp',
    })
    await app.stop()
    for (const kind of ['spans', 'logs', 'metrics'] as const) {
      const resource = sink[kind][0]?.resource
      assert.equal(resource?.['deployment.environment.name'], 'test', kind)
      assert.equal(resource?.['team'], 'a b', kind)
      assert.equal(resource?.['telemetry.distro.name'], '@org/correlation', kind)
    }
  })
})
