// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

/** A mistake in each kind of value, with the value that must not be shown. */
const MISTAKES: Readonly<Record<string, string>> = {
  CORRELATION_ON_MISSING: 'sometimes',
  CORRELATION_ID_MAX_LENGTH: '-1',
  CORRELATION_ID_PATTERN: '/(/',
  CORRELATION_HEADERS: 'a b',
  CORRELATION_TRUST: '10.0.0.0/99',
  CORRELATION_PROPAGATE_TO: 'host:99999',
  CORRELATION_ENABLED: 'perhaps',
}

describe('CORRELATION_STRICT', () => {
  it('true: a mistake stops the start, and says which variable it is', async () => {
    await Promise.all(
      Object.entries(MISTAKES).map(async ([name, value]) => {
        const env = { CORRELATION_STRICT: 'true', [name]: value }
        const app = await runApp({ fixture: 'seen.mjs', serve: false, env })
        assert.deepEqual(await app.exited, { code: 1, signal: null }, name)
        assert.match(app.stderr, new RegExp(name))
        assert.ok(!app.stderr.includes(value), app.stderr)
        assert.deepEqual(app.stdout, [])
      }),
    )
  })

  it('true: without a mistake it starts', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_STRICT: 'true' }, t })
    assert.match(assertOneId(await askSeen(app)), UUID_V4)
    assert.equal(app.stderr, '')
  })

  it('false: the same mistakes are warnings, and the defaults are used', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_STRICT: 'false', ...MISTAKES }, t })
    assert.match(assertOneId(await askSeen(app)), UUID_V4)
    for (const name of Object.keys(MISTAKES)) {
      assert.match(app.stderr, new RegExp(`^@org/correlation: ${name}`, 'm'))
    }
  })
})
