// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateUuid } from '../../../src/correlation/uuid.ts'

const COUNT = 2_000
const uuids = Array.from({ length: COUNT }, generateUuid)

describe('generateUuid', () => {
  it('makes UUIDs of version 4 and of the variant of RFC 9562', () => {
    for (const uuid of uuids)
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('makes no two alike', () => {
    assert.equal(new Set(uuids).size, COUNT)
  })

  it('leaves every other digit to chance', () => {
    // That any digit of any place is missing by chance: less than 1 in 10^50.
    for (let place = 0; place < 36; place += 1) {
      const digits = new Set(uuids.map((uuid) => uuid[place]))
      const expected = [8, 13, 18, 23].includes(place) || place === 14 ? 1 : place === 19 ? 4 : 16
      assert.equal(digits.size, expected, `place ${place}`)
    }
  })
})
