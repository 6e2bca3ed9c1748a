// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { RequestOptions } from 'node:http'
import { describe, it } from 'node:test'
import { hideArrayHeaders, withArrayHeaders } from '../../../instrumentations/array-headers.ts'

/** What instrumentation-http does with the options between its hook and the call. */
function through(headers: unknown, injected: object = {}): unknown {
  const options = { headers } as RequestOptions
  hideArrayHeaders(options)
  options.headers = Object.assign({}, options.headers, injected)
  const request = withArrayHeaders((passed) => (passed as RequestOptions).headers)
  return request(options)
}

describe('headers given as an array', () => {
  for (const headers of [
    ['X-A', '1', 'x-a', '2'],
    [
      ['X-A', '1'],
      ['x-a', '2'],
    ],
    [],
    ['odd'],
    [['X-A', '1'], null],
  ]) {
    it(`${JSON.stringify(headers)} comes through, and is not changed`, () => {
      const before = structuredClone(headers)
      assert.deepEqual(through(headers), before)
      through(headers, { traceparent: 't' })
      assert.deepEqual(headers, before)
    })
  }

  it('has what was injected, in its own form, once', () => {
    assert.deepEqual(through(['X-A', '1'], { traceparent: 't' }), ['X-A', '1', 'traceparent', 't'])
    assert.deepEqual(through([['TraceParent', 'old']], { traceparent: 't' }), [['TraceParent', 't']])
  })

  it('an object, a URL and no options at all pass as they are', () => {
    const options = { headers: { a: 'b' } }
    const request = withArrayHeaders((...args) => args)
    for (const first of [options, 'http://h.example', new URL('http://h.example'), undefined]) {
      assert.equal((request(first, 'second') as unknown[])[0], first)
    }
  })
})
