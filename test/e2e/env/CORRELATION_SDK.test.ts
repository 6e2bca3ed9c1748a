// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertCorrelated, observe } from '../../support/other-sdk.ts'

interface Case {
  readonly value: string | undefined
  readonly fixture: string
  /** How many spans each of the two collectors gets. */
  readonly theirs: number
  readonly ours: number
  readonly warning?: RegExp
}

const CASES: readonly Case[] = [
  { value: undefined, fixture: 'http.cjs', theirs: 0, ours: 5 },
  { value: 'auto', fixture: 'http.cjs', theirs: 0, ours: 5 },
  { value: 'auto', fixture: 'other-sdk/node-sdk.cjs', theirs: 5, ours: 0 },
  { value: 'own', fixture: 'http.cjs', theirs: 0, ours: 5 },
  { value: 'own', fixture: 'other-sdk/node-sdk.cjs', theirs: 0, ours: 5 },
  { value: 'off', fixture: 'http.cjs', theirs: 0, ours: 0 },
  { value: 'off', fixture: 'other-sdk/node-sdk.cjs', theirs: 5, ours: 0 },
  { value: 'mine', fixture: 'http.cjs', theirs: 0, ours: 5, warning: /CORRELATION_SDK/ },
]

describe('CORRELATION_SDK', { concurrency: 2 }, () => {
  for (const { value, fixture, theirs, ours, warning } of CASES) {
    it(`${value ?? 'unset'} with ${fixture}: ${theirs} spans to theirs, ${ours} to ours, correlation in each case`, async (t) => {
      const none = theirs + ours === 0 ? { serverSpans: 0, clientSpans: 0 } : {}
      const seen = await observe({ fixture, env: { CORRELATION_SDK: value } }, t, none)
      assert.deepEqual([seen.theirs.length, seen.ours.length], [theirs, ours])
      assertCorrelated(seen, [...seen.theirs, ...seen.ours])
      if (warning === undefined) assert.equal(seen.app.stderr, '')
      else assert.match(seen.app.stderr, warning)
    })
  }
})
