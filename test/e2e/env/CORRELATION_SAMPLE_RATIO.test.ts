// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { describe, it } from 'node:test'
import { hashToUnit } from '../../../src/telemetry/sampler.ts'
import { startGrpcSink } from '../../support/grpc-sink.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { type RunAppOptions, runApp } from '../../support/run-app.ts'

const IDS = Array.from({ length: 40 }, (_, i) => `request-${i}`)

/** The IDs of the requests of which spans came, each with how many. */
async function sampled(t: TestContext, env: RunAppOptions['env'], headers = {}): Promise<ReadonlyMap<unknown, number>> {
  await using sink = await startOtlpSink()
  const app = await runApp({ fixture: 'http.cjs', sink, env: { ...env, OTEL_BSP_SCHEDULE_DELAY: '600000' }, t })
  for (const id of IDS) {
    await app.request(`/call?url=${app.url}/missing`, { headers: { 'x-correlation-id': id, ...headers } })
  }
  await app.stop()
  const counts = new Map<unknown, number>()
  for (const { attributes } of sink.spans) {
    counts.set(attributes['correlation.id'], (counts.get(attributes['correlation.id']) ?? 0) + 1)
  }
  return counts
}

const KEPT = new Map(IDS.filter((id) => hashToUnit(id) < 0.5).map((id) => [id, 3]))
const ALL = new Map(IDS.map((id) => [id, 3]))
const TRACE = '0af7651916cd43dd8448eb211c80319c'

describe('CORRELATION_SAMPLE_RATIO', () => {
  it('0.5 keeps about half of the IDs, each with all its spans, and the same ones in every process', async (t) => {
    assert.ok(KEPT.size > 10 && KEPT.size < 30, String(KEPT.size))
    assert.deepEqual(await sampled(t, { CORRELATION_SAMPLE_RATIO: '0.5' }), KEPT)
    assert.deepEqual(await sampled(t, { CORRELATION_SAMPLE_RATIO: '0.5', OTEL_TRACES_SAMPLER: 'always_off' }), KEPT)
  })

  for (const flags of ['00', '01']) {
    it(`is not moved by a caller's sampled flag ${flags}`, async (t) => {
      const traceparent = `00-${TRACE}-b7ad6b7169203331-${flags}`
      assert.deepEqual(await sampled(t, { CORRELATION_SAMPLE_RATIO: '0.5' }, { traceparent }), KEPT)
    })
  }

  it('0 keeps none, 1 keeps all, and so does unset', async (t) => {
    assert.deepEqual(await sampled(t, { CORRELATION_SAMPLE_RATIO: '0' }), new Map())
    assert.deepEqual(await sampled(t, { CORRELATION_SAMPLE_RATIO: '1' }), ALL)
    assert.deepEqual(await sampled(t, {}), ALL)
  })

  it('decides for sdk-node as well', async (t) => {
    const grpc = await startGrpcSink(t)
    const env = {
      CORRELATION_SAMPLE_RATIO: '0.5',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: grpc.url,
    }
    const app = await runApp({ fixture: 'http.cjs', env, t })
    for (const id of IDS) await app.request('/', { headers: { 'x-correlation-id': id } })
    await app.stop()
    const kept = grpc.spans.map(({ attributes }) => attributes['correlation.id'])
    assert.deepEqual(kept, [...KEPT.keys()])
  })

  it("an untrusted peer's ID does not decide", async (t) => {
    const env = { CORRELATION_SAMPLE_RATIO: '0.5', CORRELATION_TRUST: 'none' }
    const counts = await sampled(t, env)
    for (const id of IDS) assert.ok(!counts.has(id))
    // Of 80 generated IDs (each request makes two decisions here) some are kept and some are not.
    assert.ok(counts.size > 0 && counts.size < 80, String(counts.size))
  })
})
