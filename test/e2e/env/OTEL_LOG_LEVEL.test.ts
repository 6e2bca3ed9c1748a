// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { oneRequest } from '../../support/one-request.ts'

describe('OTEL_LOG_LEVEL', () => {
  const WRONG = { OTEL_TRACES_SAMPLER: 'nonsense' }
  const SENTENCE = /OTEL_TRACES_SAMPLER names a sampler that is not available here/
  for (const [value, isSaid] of [
    ['warn', true],
    ['WARN', true],
    ['debug', true],
    ['error', false],
    ['none', false],
    [undefined, false],
  ] as const) {
    it(`${value} ${isSaid ? 'shows' : 'does not show'} a warning of the SDK`, async (t) => {
      const { app } = await oneRequest(t, { ...WRONG, OTEL_LOG_LEVEL: value })
      await app.stop()
      const output = `${app.stderr}\n${app.stdout.join('\n')}`
      assert.equal(SENTENCE.test(output), isSaid, output)
      assert.ok(!output.includes('nonsense'))
    })
  }
})
