// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

const CASES: Readonly<Record<string, RegExp>> = {
  uuidv4: UUID_V4,
  uuidv7: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ulid: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  hex32: /^[0-9a-f]{32}$/,
}

describe('CORRELATION_ID_FORMAT', () => {
  for (const [value, format] of Object.entries(CASES)) {
    it(value, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ID_FORMAT: value }, t })
      const id = assertOneId(await askSeen(app))
      assert.match(id, format)
      // What we make, we accept; and no other format matches it.
      assert.equal(assertOneId(await askSeen(app, ['X-Correlation-ID', id])), id)
      const others = Object.entries(CASES).filter(([name]) => name !== value)
      for (const [name, other] of others) assert.doesNotMatch(id, other, name)
    })
  }
})
