// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { servingFlag } from '../../../src/sdk/serving-flag.ts'

describe('servingFlag', () => {
  it('is 0, and one for all that started with the same environment', () => {
    const first = servingFlag('job-1')
    assert.deepEqual([...first], [0])
    Atomics.store(first, 0, 1)
    assert.deepEqual([...servingFlag('job-1')], [1])
    assert.deepEqual([...servingFlag('job-2')], [0])
  })
})
