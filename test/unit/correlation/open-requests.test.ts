// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countClosed, countOpened, hasOpenRequests } from '../../../src/correlation/open-requests.ts'
import { createRequestState } from '../../../src/correlation/request-state.ts'
import { adopted } from './decide-cases.ts'

it('requests are open from when they are handed over until they are closed, each counted once', () => {
  const [first, second] = ['a-1', 'b-2'].map((id) => createRequestState(adopted(id), undefined, undefined)) as [
    ReturnType<typeof createRequestState>,
    ReturnType<typeof createRequestState>,
  ]
  assert.equal(hasOpenRequests(), false)
  // Closed without having been handed over: an upgrade, or an adaptor's.
  countClosed(first)
  countOpened(first)
  countOpened(first)
  assert.equal(hasOpenRequests(), true)
  countOpened(second)
  countClosed(first)
  countClosed(first)
  assert.equal(hasOpenRequests(), true)
  countClosed(second)
  assert.equal(hasOpenRequests(), false)
})
