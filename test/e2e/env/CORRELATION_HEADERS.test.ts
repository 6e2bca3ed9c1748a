// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

const A = ['X-Correlation-ID', 'a-1'] as const
const R = ['X-Request-ID', 'r-1'] as const
const T = ['X-Trace', 't-1'] as const
const AMZN = ['X-Amzn-Trace-Id', 'Self=9-9;Root=1-67891233-abcdef012345678912345678;Sampled=1'] as const

/** The value, and which ID is in force for which header lines (undefined: a new one). */
const CASES: Readonly<Record<string, readonly (readonly [readonly string[], string | undefined])[]>> = {
  'x-correlation-id,x-request-id': [
    [[...R, ...A], 'a-1'],
    [R, 'r-1'],
    [T, undefined],
  ],
  'x-request-id , X-Correlation-ID': [
    [[...A, ...R], 'r-1'],
    [A, 'a-1'],
  ],
  'x-trace': [
    [[...A, ...R], undefined],
    [[...A, ...T], 't-1'],
  ],
  'x-correlation-id,x-amzn-trace-id': [
    [AMZN, '1-67891233-abcdef012345678912345678'],
    [[...AMZN, ...A], 'a-1'],
    [['X-Amzn-Trace-Id', 'Self=9-9'], undefined],
    [['X-Amzn-Trace-Id', 'Root=<x>'], undefined],
    [['X-Amzn-Trace-Id', 'Root=<x>', ...A], 'a-1'],
  ],
}

describe('CORRELATION_HEADERS', () => {
  for (const [value, requests] of Object.entries(CASES)) {
    it(value, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_HEADERS: value }, t })
      const first = (value.split(',')[0] as string).trim()
      for (const [lines, id] of requests) {
        const seen = await askSeen(app, lines)
        // The first name is also the response's and the outbound one.
        const found = assertOneId(seen, first)
        if (id === undefined) assert.match(found, UUID_V4)
        else assert.equal(found, id)
        const amzn = lines[lines.indexOf('X-Amzn-Trace-Id') + 1]
        if (lines.includes('X-Amzn-Trace-Id')) assert.equal(seen.headers['x-amzn-trace-id'], amzn)
        assert.equal(app.stderr, '')
      }
    })
  }
})
