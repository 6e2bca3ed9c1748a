// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const FIXTURES = ['spans.mjs', 'spans.cjs', 'express4/spans.mjs', 'express4/spans.cjs']

const named = (spans: readonly SinkSpan[], name: string) => spans.filter((span) => span.name === name)
const untagged = (spans: readonly SinkSpan[], id: string) =>
  spans.filter(({ attributes }) => attributes['correlation.id'] !== id).map(({ name }) => name)

for (const fixture of FIXTURES) {
  describe(`the spans of ${fixture}`, () => {
    it('have the ID, each from the first, and there is one for each thing that was done', async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture, sink, t })
      const headers = { 'x-correlation-id': 'first', baggage: 'a=1,b=2;p=3' }
      const { body } = await app.request('/x/7?secret=1', { headers })
      const spans = await sink.waitForSpans((all) => named(all, 'GET /x/:id').length > 0)
      assert.deepEqual(untagged(spans, 'first'), [])
      assert.deepEqual(
        spans.map(({ kind, name }) => `${kind} ${name}`).sort(),
        ['CLIENT GET', 'CLIENT GET', 'CLIENT GET', 'INTERNAL inner', 'INTERNAL work'].concat([
          'SERVER GET /leaf',
          'SERVER GET /leaf',
          'SERVER GET /x/:id',
        ]),
      )
      assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1)
      assert.deepEqual(
        (JSON.parse(body) as [string, { value: string }][]).map(([key, { value }]) => [key, value]),
        [
          ['correlation.id', 'first'],
          ['a', '1'],
          ['b', '2'],
        ],
      )
    })

    it('say route and status', async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture, sink, t })
      for (const path of ['/api/items/pen', '/throw', '/missing']) await app.request(path)
      const spans = await sink.waitForSpans(3)
      assert.deepEqual(
        spans.map(({ name, attributes, status }) => [
          name,
          attributes['http.route'],
          attributes['http.response.status_code'],
          status.code,
        ]),
        [
          ['GET /api/items/:name', '/api/items/:name', 200, 'UNSET'],
          ['GET /throw', '/throw', 500, 'ERROR'],
          ['GET', undefined, 404, 'UNSET'],
        ],
      )
    })
  })
}

describe('the server span', () => {
  const TOO_LONG = 'a'.repeat(129)
  const CASES: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    string | undefined,
    Record<string, unknown>,
  ])[] = [
    ["has no reason where the ID is the caller's", {}, 'mine', {}],
    ['says that it was missing', {}, undefined, { 'correlation.reason': 'missing' }],
    ['says that it was malformed, and not what it was', {}, 'a b', { 'correlation.reason': 'malformed' }],
    ['says that it was too long, and not what it was', {}, TOO_LONG, { 'correlation.reason': 'too_long' }],
    [
      'keeps the ID of an untrusted peer apart',
      { CORRELATION_TRUST: 'none' },
      'theirs',
      { 'correlation.reason': 'untrusted', 'correlation.received_id': 'theirs' },
    ],
  ]
  for (const [title, env, id, expected] of CASES) {
    it(title, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'http.cjs', sink, env, t })
      await app.request(`/call?url=${app.url}/missing`, id === undefined ? {} : { headers: { 'x-correlation-id': id } })
      const spans = await sink.waitForSpans(3)
      const outer = spans.find(({ kind, parentSpanId }) => kind === 'SERVER' && parentSpanId === undefined)
      const client = spans.find(({ kind }) => kind === 'CLIENT')
      const extra = (span?: SinkSpan) =>
        Object.fromEntries(
          Object.entries(span?.attributes ?? {}).filter(
            ([key]) => key.startsWith('correlation.') && key !== 'correlation.id',
          ),
        )
      assert.deepEqual(extra(outer), expected)
      assert.deepEqual(extra(client), {})
      assert.equal(outer?.attributes['correlation.id'], client?.attributes['correlation.id'])
      assert.equal(outer?.attributes['correlation.id'] === id, Object.keys(expected).length === 0)
      assert.ok(!JSON.stringify(spans.map(({ attributes }) => attributes)).includes(TOO_LONG))
    })
  }
})
