// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { knownMethodOf } from '../../../instrumentations/http-method.ts'

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/: those of RFC 9110, PATCH of RFC 5789, and QUERY. */
const KNOWN = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']

describe('knownMethodOf', () => {
  for (const method of METHODS) {
    const known = KNOWN.includes(method) ? method : '_OTHER'
    it(`${method}: ${known}`, () => {
      assert.equal(knownMethodOf(method), known)
      assert.equal(knownMethodOf(method.toLowerCase()), known)
    })
  }

  it('is GET where none is given, which is what Node then sends', () => {
    assert.equal(knownMethodOf(undefined), 'GET')
    assert.equal(knownMethodOf(null as unknown as undefined), 'GET')
    assert.equal(knownMethodOf(''), '_OTHER')
  })

  it('property: never is anything else, so that no stranger makes a series of metrics', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.mixedCase(fc.constantFrom(...KNOWN)), fc.constantFrom('ﬁnd', 'ı')),
        (method) => {
          const known = knownMethodOf(method)
          assert.equal(known, KNOWN.includes(method.toUpperCase()) ? method.toUpperCase() : '_OTHER')
        },
      ),
    )
  })
})
