// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

describe('CORRELATION_ENABLED', () => {
  it('true: there is one ID', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ENABLED: 'true' }, t })
    assert.match(assertOneId(await askSeen(app)), UUID_V4)
  })

  it('false: nothing is there, and nothing is touched', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_ENABLED: 'false' }, t })
    const without = await runApp({ fixture: 'seen.mjs', preload: 'none', t })
    for (const lines of [[], ['X-Correlation-ID', 'a-1', 'x-correlation-id', '<x>']]) {
      const [ours, theirs] = await Promise.all([askSeen(app, lines), askSeen(without, lines)])
      assert.equal(ours.id, null)
      const own = (seen: typeof ours) => [seen.headers, seen.headersDistinct, seen.rawHeaders].map(withoutHost)
      assert.deepEqual(own(ours), own(theirs))
      const names = (seen: typeof ours) => seen.response.rawHeaders.filter((_, i) => i % 2 === 0)
      assert.deepEqual(names(ours), names(theirs))
    }
    assert.equal(app.stderr, '')
  })
})

/** The two listen on ports of their own. */
const withoutHost = (view: unknown) => JSON.stringify(view).replaceAll(/127\.0\.0\.1:\d+/g, 'host')
