// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSlow } from '../../../src/config/slow-pattern.ts'

const TEXTS = [`${'a'.repeat(64)}!`, 'it\'s a "text"\u2028\\']

describe('isSlow()', () => {
  it('is true for a pattern that would never end', () => {
    assert.equal(isSlow(/^(?:(a+)+)$/, TEXTS), true)
  })

  it('is false for ordinary patterns, whatever they and the texts hold', () => {
    for (const pattern of [/^a+$/, /^(?:[a-z]+-)+[a-z]+$/, /^["'`\\/\n\u2028]+$/])
      assert.equal(isSlow(pattern, TEXTS), false)
  })
})
