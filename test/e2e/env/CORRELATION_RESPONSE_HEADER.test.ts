// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../../support/seen.ts'

const CASES: Readonly<Record<string, string | undefined>> = {
  'x-request-id': 'x-request-id',
  'X-Own-Name': 'x-own-name',
  none: undefined,
}

describe('CORRELATION_RESPONSE_HEADER', () => {
  for (const [value, header] of Object.entries(CASES)) {
    it(value, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_RESPONSE_HEADER: value }, t })
      const { response, id } = await askSeen(app, ['X-Correlation-ID', 'a-1'])
      assert.equal(id, 'a-1')
      const sent = Object.entries(response.headers).filter(([, text]) => text === 'a-1')
      assert.deepEqual(sent, header === undefined ? [] : [[header, 'a-1']])
    })
  }

  it('unset is the first of CORRELATION_HEADERS', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_HEADERS: 'x-one,x-two' }, t })
    assert.match(assertOneId(await askSeen(app), 'x-one'), UUID_V4)
  })

  it('what the application set itself stays', async (t) => {
    const app = await runApp({ fixture: 'seen.mjs', t })
    const { response } = await askSeen(app, [], { path: '/?X-Correlation-ID=own' })
    assert.deepEqual(
      response.rawHeaders.filter((_, i, all) => i % 2 === 1 && /^x-correlation-id$/i.test(all[i - 1] as string)),
      ['own'],
    )
  })
})
