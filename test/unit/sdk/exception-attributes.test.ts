// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Exception } from '@opentelemetry/api'
import fc from 'fast-check'
import { exceptionAttributes } from '../../../src/sdk/exception-attributes.ts'
import { doWithBoth } from './both-tracers.ts'

const CASES: Readonly<Record<string, readonly [exception: unknown, attributes: object | undefined]>> = {
  text: ['m', { 'exception.message': 'm' }],
  'an error': [
    { name: 'TypeError', message: 'm', stack: 's' },
    { 'exception.type': 'TypeError', 'exception.message': 'm', 'exception.stacktrace': 's' },
  ],
  'a code goes before the name': [{ code: 'ECONNRESET', name: 'Error' }, { 'exception.type': 'ECONNRESET' }],
  'a code that is a number': [{ code: 7 }, { 'exception.type': '7' }],
  'nothing to say': [{ stack: 's' }, undefined],
  'no text': ['', undefined],
  null: [null, undefined],
}

const field = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom<unknown>(undefined, null, 0, 5, Number.NaN, true, false, {}, ['x']),
)
const exception = fc.oneof(
  // The SDK's own warning throws at an object without a prototype.
  fc.record({ code: field, name: field, message: field, stack: field }, { requiredKeys: [], noNullPrototype: true }),
  field,
)

describe('exceptionAttributes', () => {
  for (const [name, [thrown, attributes]] of Object.entries(CASES)) {
    it(name, () => assert.deepEqual(exceptionAttributes(thrown as Exception), attributes))
  }

  it('property: whatever was thrown, the span’s event is that of the SDK’s', () => {
    fc.assert(
      fc.property(exception, (thrown) => {
        const at = [1, 2] as [number, number]
        const { ours, sdks } = doWithBoth(
          (span) => span.recordException(thrown as Exception, at),
          {},
          { startTime: at },
        )
        assert.deepEqual(ours, sdks)
      }),
      { numRuns: 500 },
    )
  })
})
