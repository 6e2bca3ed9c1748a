// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

const REPEATED = ['X-Correlation-ID', 'a-1', 'x-correlation-id', 'b-2', 'X-Request-ID', 'r-1']

describe('CORRELATION_REWRITE_REQUEST', () => {
  it('true: the three views of the request hold the one ID', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_REWRITE_REQUEST: 'true' }, t })
    const seen = await askSeen(app, REPEATED)
    assert.equal(assertOneId(seen), 'a-1')
    assert.equal(seen.headers['x-request-id'], 'a-1')
    assert.deepEqual(seen.headersDistinct['x-request-id'], ['a-1'])
    assert.match(assertOneId(await askSeen(app)), UUID_V4)
    assert.match(assertOneId(await askSeen(app, ['X-Correlation-ID', '<x>'])), UUID_V4)
    assert.equal((await askSeen(app)).headers['x-request-id'], undefined, 'a name that nobody sent')
  })

  it('false: the request is as it came', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_REWRITE_REQUEST: 'false' }, t })
    const seen = await askSeen(app, REPEATED)
    assert.equal(seen.id, 'a-1')
    assert.equal(seen.response.headers['x-correlation-id'], 'a-1')
    assert.equal(seen.headers['x-correlation-id'], 'a-1, b-2')
    assert.deepEqual(seen.headersDistinct['x-correlation-id'], ['a-1', 'b-2'])
    assert.deepEqual(seen.rawHeaders.slice(-REPEATED.length - 2, -2), REPEATED)
    // The same question as above finds that nothing was rewritten.
    assert.throws(() => assertOneId(seen), { code: 'ERR_ASSERTION' })
    assert.equal((await askSeen(app)).headers['x-correlation-id'], undefined)
  })
})
