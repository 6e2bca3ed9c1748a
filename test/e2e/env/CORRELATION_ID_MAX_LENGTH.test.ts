// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

describe('CORRELATION_ID_MAX_LENGTH', () => {
  for (const [value, length] of [
    ['36', 36],
    ['1024', 1024],
    [undefined, 128],
  ] as const) {
    it(value ?? 'unset', async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ID_MAX_LENGTH: value }, t })
      const longest = 'x'.repeat(length)
      assert.equal(assertOneId(await askSeen(app, ['X-Correlation-ID', longest])), longest)
      assert.match(assertOneId(await askSeen(app, ['X-Correlation-ID', `${longest}x`])), UUID_V4)
      assert.match(assertOneId(await askSeen(app, ['baggage', `correlation.id=${longest}x`])), UUID_V4)
    })
  }
})
