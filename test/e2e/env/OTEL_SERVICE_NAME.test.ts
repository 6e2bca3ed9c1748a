// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_SERVICE_NAME', () => {
  for (const [title, env, name] of [
    ['names the service', { OTEL_SERVICE_NAME: 'shop' }, 'shop'],
    [
      'wins over OTEL_RESOURCE_ATTRIBUTES',
      { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' },
      'shop',
    ],
    ['unset, OTEL_RESOURCE_ATTRIBUTES names it', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' }, 'other'],
  ] as const) {
    it(title, async (t) => {
      const { sink } = await oneRequest(t, env)
      const [span] = await sink.waitForSpans(1)
      assert.equal(span?.resource['service.name'], name)
    })
  }

  it('unset, nobody knows it', async (t) => {
    const { sink } = await oneRequest(t, {})
    const [span] = await sink.waitForSpans(1)
    assert.match(String(span?.resource['service.name']), /^unknown_service:/)
  })
})
