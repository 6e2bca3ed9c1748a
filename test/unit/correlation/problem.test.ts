// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createProblem } from '../../../src/correlation/problem.ts'

const CASES = [
  [[404, undefined, undefined], { type: 'about:blank', title: 'Not Found', status: 404 }],
  [[400, 'a-1', undefined], { type: 'about:blank', title: 'Bad Request', status: 400, correlation_id: 'a-1' }],
  [
    [422, 'a-1', 'No price.'],
    { type: 'about:blank', title: 'Unprocessable Entity', status: 422, detail: 'No price.', correlation_id: 'a-1' },
  ],
  [[599, undefined, ''], { type: 'about:blank', title: 'Unknown Error', status: 599, detail: '' }],
] as const

for (const [[status, id, detail], expected] of CASES) {
  it(`makes the problem details of ${status}`, () => {
    assert.deepEqual(createProblem(status, id, detail), expected)
  })
}
