// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { envGetter, variableOf } from '../../../src/propagation/env-carrier.ts'

describe('variableOf', () => {
  for (const [field, name] of [
    ['traceparent', 'TRACEPARENT'],
    ['baggage', 'BAGGAGE'],
    ['x-correlation-id', 'X_CORRELATION_ID'],
    ['X-B3-TraceId', 'X_B3_TRACEID'],
    ['b3', 'B3'],
    ["x.y!z'", 'X_Y_Z_'],
  ] as const) {
    it(`${field}: ${name}`, () => assert.equal(variableOf(field), name))
  }
})

describe('envGetter', () => {
  const env = { TRACEPARENT: ' 00-a ', BAGGAGE: ' ', X_CORRELATION_ID: 'a', NUMBER: 1 as unknown as string }
  for (const [field, text] of [
    ['traceparent', '00-a'],
    ['baggage', undefined],
    ['x-correlation-id', 'a'],
    ['X-Correlation-ID', 'a'],
    ['tracestate', undefined],
    ['number', undefined],
  ] as const) {
    it(`finds ${text} for ${field}`, () => assert.equal(envGetter.get(env, field), text))
  }

  it('lists nothing of the environment', () => assert.deepEqual(envGetter.keys(env), []))
})
