// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runApp } from '../../support/run-app.ts'
import { askSeen, UUID_V4 } from '../../support/seen.ts'

const ORIGIN = 'Access-Control-Allow-Origin=*'
const LIST = 'Access-Control-Expose-Headers'

/** What the application sets, and what the browser gets of the list. */
const CASES: Readonly<Record<string, readonly [query: string, exposed: string | undefined]>> = {
  'no CORS': ['', undefined],
  'CORS without a list': [ORIGIN, 'x-correlation-id'],
  'a list': [`${ORIGIN}&${LIST}=ETag`, 'ETag, x-correlation-id'],
  'a list that has it': [`${ORIGIN}&${LIST}=ETag,X-Correlation-ID`, 'ETag,X-Correlation-ID'],
  'a list of everything': [`${ORIGIN}&${LIST}=*`, '*'],
}

describe('CORRELATION_EXPOSE_HEADER', () => {
  for (const value of ['true', 'false']) {
    it(value, async (t) => {
      const app = await runApp({ fixture: 'seen.mjs', env: { CORRELATION_EXPOSE_HEADER: value }, t })
      for (const [title, [query, exposed]] of Object.entries(CASES)) {
        const { response } = await askSeen(app, [], { path: `/?${query}` })
        const own = new URLSearchParams(query).get(LIST) ?? undefined
        assert.equal(response.headers['access-control-expose-headers'], value === 'true' ? exposed : own, title)
        assert.match(response.headers['x-correlation-id'] as string, UUID_V4)
      }
    })
  }
})
