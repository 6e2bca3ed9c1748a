// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'

const DANGEROUS =
  `host content-length content-type transfer-encoding connection keep-alive te trailer upgrade expect cookie set-cookie
  authorization proxy-authorization www-authenticate baggage traceparent tracestate b3 x-b3-traceid accept accept-encoding
  origin access-control-allow-origin if-none-match range location vary via forwarded x-forwarded-for sec-fetch-site
  user-agent x-api-key x-csrf-token date etag cache-control __proto__ constructor none`.split(/\s+/)

describe('header names', () => {
  for (const name of DANGEROUS) {
    it(`are never ${name}`, () => {
      const text = name.toUpperCase().replace('__PROTO__', '__proto__')
      const { config, problems } = loadConfig({
        CORRELATION_HEADERS: `x-ours,${text}`,
        CORRELATION_RESPONSE_HEADER: name === 'none' ? 'host' : text,
        CORRELATION_OUTBOUND_HEADER: `${text},x-other`,
      })
      assert.deepEqual(config.headers, ['x-ours'])
      assert.equal(config.responseHeader, 'x-ours')
      assert.deepEqual(config.outboundHeaders, ['x-other'])
      assert.equal(problems.length, 3)
    })
  }

  for (const name of [
    'x-correlation-id',
    'x-request-id',
    'x-amzn-trace-id',
    'request-id',
    'cf-ray',
    'x_id',
    '~',
    'hosts',
  ]) {
    it(`may be ${name}`, () => {
      const { config, problems } = loadConfig({ CORRELATION_HEADERS: name.toUpperCase() })
      assert.deepEqual(config.headers, [name])
      assert.deepEqual(problems, [])
    })
  }

  for (const name of ['x y', 'x:y', 'x/y', 'x"y', 'x\ny', 'ｘ', 'é', ':path', '(x)', 'x'.repeat(129)]) {
    it(`are never ${JSON.stringify(name)}`, () => {
      const { config, problems } = loadConfig({ CORRELATION_RESPONSE_HEADER: name })
      assert.equal(config.responseHeader, 'x-correlation-id')
      assert.equal(problems.length, 1)
    })
  }

  it('are not written as x-amzn-trace-id unless that is asked for', () => {
    const first = loadConfig({ CORRELATION_HEADERS: 'x-amzn-trace-id,x-ours' }).config
    assert.equal(first.responseHeader, 'x-ours')
    assert.deepEqual(first.outboundHeaders, ['x-ours'])
    const only = loadConfig({ CORRELATION_HEADERS: 'x-amzn-trace-id' }).config
    assert.equal(only.responseHeader, 'x-correlation-id')
    const named = loadConfig({ CORRELATION_RESPONSE_HEADER: 'x-amzn-trace-id' }).config
    assert.equal(named.responseHeader, 'x-amzn-trace-id')
  })

  it('may have 128 characters', () => {
    assert.deepEqual(loadConfig({ CORRELATION_HEADERS: 'x'.repeat(128) }).problems, [])
  })
})
