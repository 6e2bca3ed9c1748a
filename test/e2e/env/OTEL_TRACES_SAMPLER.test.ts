// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SAMPLED = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }
const UNSAMPLED = { traceparent: `00-${TRACE}-b7ad6b7169203331-00` }

describe('OTEL_TRACES_SAMPLER', () => {
  for (const [sampler, arg, headers, sent] of [
    [undefined, undefined, {}, true],
    [undefined, undefined, UNSAMPLED, false],
    ['always_on', undefined, UNSAMPLED, true],
    ['always_off', undefined, SAMPLED, false],
    ['parentbased_always_off', undefined, {}, false],
    ['parentbased_always_off', undefined, SAMPLED, true],
    ['traceidratio', '0', SAMPLED, false],
    ['traceidratio', '1', UNSAMPLED, true],
    ['parentbased_traceidratio', '0', {}, false],
    ['parentbased_traceidratio', '0', SAMPLED, true],
    ['parentbased_traceidratio', 'nonsense', {}, true],
    ['nonsense', undefined, {}, true],
  ] as const) {
    const caller =
      headers === SAMPLED ? ' under a sampled caller' : headers === UNSAMPLED ? ' under an unsampled caller' : ''
    it(`${sampler} ${arg ?? ''} ${sent ? 'sends' : 'sends no'} spans${caller}; the ID is there in any case`, async (t) => {
      const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg }
      const one = await oneRequest(t, env, { headers })
      assert.equal(one.response.headers['x-correlation-id'], ID)
      const [line] = await one.app.waitForLogs(2)
      assert.equal(line?.['correlation_id'], ID)
      assert.match(String(line?.['trace_id']), /^[0-9a-f]{32}$/)
      assert.deepEqual(await sentAtEnd(one), sent ? { '/v1/traces': 1 } : {})
    })
  }
})
