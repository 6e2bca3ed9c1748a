// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId } from '../../support/seen.ts'

const UUID = '550e8400-e29b-41d4-a716-446655440000'
const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const HEX = '0af7651916cd43dd8448eb211c80319c'
const ALL = [UUID, ULID, HEX, 'a.b:c@d=e+f/g~h', 'order-17', 'left,right', '<x>', '=1']

/** The value, and what it accepts of the list above. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  token: [UUID, ULID, HEX, 'a.b:c@d=e+f/g~h', 'order-17'],
  uuid: [UUID],
  ulid: [ULID],
  hex32: [HEX],
  '/order-[0-9]+/': ['order-17'],
  '/order-[0-9]{2}|left,right/': ['order-17', 'left,right'],
}

describe('CORRELATION_ID_PATTERN', () => {
  for (const [value, accepted] of Object.entries(CASES)) {
    it(value, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ID_PATTERN: value }, t })
      for (const id of ALL) {
        const found = assertOneId(await askSeen(app, ['X-Correlation-ID', id]))
        if (accepted.includes(id)) assert.equal(found, id)
        // The first half of it may be an ID by itself where proxies join with commas.
        else assert.ok(found !== id && !found.includes('<'), found)
      }
    })
  }

  it('control: another pattern accepts what this one refuses', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ID_PATTERN: 'uuid' }, t })
    assert.notEqual(assertOneId(await askSeen(app, ['X-Correlation-ID', 'order-17'])), 'order-17')
  })
})
