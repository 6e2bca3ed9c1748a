// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const carriedId = (carrier: unknown) => (carrier as Readonly<Record<string, string>>)['x-correlation-id']

describe('CORRELATION_FROM_ENV', () => {
  for (const [title, env, id] of [
    ['takes X_CORRELATION_ID', { X_CORRELATION_ID: 'job-1' }, 'job-1'],
    ['takes the entry of BAGGAGE', { BAGGAGE: 'a=1,correlation.id=job-2' }, 'job-2'],
    ['prefers the header', { X_CORRELATION_ID: 'job-1', BAGGAGE: 'correlation.id=job-2' }, 'job-1'],
    ['takes X_REQUEST_ID where the first is malformed', { X_CORRELATION_ID: 'a b', X_REQUEST_ID: 'job-3' }, 'job-3'],
    ['takes nothing that is malformed', { X_CORRELATION_ID: 'a b', BAGGAGE: 'correlation.id=a%20b' }, undefined],
    ['takes nothing that is too long', { X_CORRELATION_ID: 'a'.repeat(129) }, undefined],
    ['makes none up', { TRACEPARENT }, undefined],
    ['set to false, takes nothing', { CORRELATION_FROM_ENV: 'false', X_CORRELATION_ID: 'job-1' }, undefined],
  ] as const) {
    it(`${title}: lines, spans and calls of a script have ${id ?? 'no ID'}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'script-call.mjs', serve: false, sink, env, t })
      assert.deepEqual(await app.exited, { code: 0, signal: null })
      for (const when of ['at once', 'later']) {
        const line = app.logs.find(({ message }) => message === when)
        assert.equal(line?.['correlation_id'], id, when)
        assert.equal('correlation_id' in (line ?? {}), id !== undefined, when)
      }
      const spans = sink.spans.filter(({ name }) => name === 'work')
      assert.equal(spans.length, 1)
      for (const { attributes } of spans) assert.equal(attributes['correlation.id'], id)
      const called = app.logs.find(({ message }) => message === 'called')
      // From its first `listen` on a process serves, and what it does outside of requests has no ID.
      assert.deepEqual([carriedId(called?.['before']), carriedId(called?.['after'])], [id, undefined])
      assert.equal(app.logs.find(({ message }) => message === 'after listen')?.['correlation_id'], undefined)
      for (const { headers } of sink.requests) assert.ok(!('x-correlation-id' in headers) && !('baggage' in headers))
      assert.ok(!app.stderr.includes('a b'))
    })
  }
})
