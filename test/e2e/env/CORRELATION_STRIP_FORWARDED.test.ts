// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, startOutbound } from '../../support/outbound.ts'

const OWN = { headers: { 'X-Correlation-ID': 'own-1', 'X-Request-ID': 'own-2', 'X-Other': 'stays' } }

/** By value: what is left of the application's own headers on the way to a denied host. */
const CASES: readonly (readonly [value: string | undefined, ids: readonly (readonly string[])[]])[] = [
  [undefined, [['own-1'], ['own-2']]],
  ['false', [['own-1'], ['own-2']]],
  ['true', [[], []]],
]

describe('CORRELATION_STRIP_FORWARDED', () => {
  for (const [value, ids] of CASES) {
    it(`${value ?? 'unset'}: a denied host gets ${ids.flat().join(' and ') || 'none of the configured headers'}`, async (t) => {
      const { call } = await startOutbound(t, { env: { CORRELATION_STRIP_FORWARDED: value } })
      for (const client of ['http.get', 'fetch', 'undici.request']) {
        for (const [host, expected] of [
          ['127.0.0.3', ids],
          ['127.0.0.2', [['own-1'], ['own-2']]],
        ] as const) {
          const { requests } = await call({ client, url: `http://${host}:{port}/`, options: OWN })
          const [request] = requests
          assert.ok(request)
          const seen = ['x-correlation-id', 'x-request-id'].map((name) => linesOf(request, name))
          assert.deepEqual(seen, expected, `${client} to ${host}`)
          assert.deepEqual(linesOf(request, 'x-other'), ['stays'])
        }
      }
    })
  }
})
