// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_NODE_RESOURCE_DETECTORS', () => {
  const KEYS = ['process.pid', 'host.name', 'os.type', 'service.instance.id', 'team']
  for (const [value, keys] of [
    [undefined, ['process.pid', 'host.name', 'team']],
    ['none', []],
    ['env', ['team']],
    ['env, OS', ['os.type', 'team']],
    ['process,nonsense', ['process.pid']],
    ['all', KEYS],
  ] as const) {
    it(`${value} finds ${keys.join(', ') || 'nothing'}, and waits for no network`, async (t) => {
      const env = { OTEL_NODE_RESOURCE_DETECTORS: value, OTEL_RESOURCE_ATTRIBUTES: 'team=a' }
      const { sink } = await oneRequest(t, env)
      const [span] = await sink.waitForSpans(1)
      assert.deepEqual(
        KEYS.filter((key) => key in (span?.resource ?? {})),
        keys,
      )
    })
  }
})
