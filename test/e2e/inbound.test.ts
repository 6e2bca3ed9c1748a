// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type App, runApp } from '../support/run-app.ts'
import { askSeen, assertOneId, UUID_V4 } from '../support/seen.ts'

interface Case {
  /** Header lines as on the wire. */
  readonly lines: readonly string[]
  /** The ID in force; undefined for a new one. */
  readonly id?: string
  /** `correlation.reason` of the server span; only where the ID is not the caller's. */
  readonly reason?: string
}

const LONGEST = 'x'.repeat(128)

const CASES: Readonly<Record<string, Case>> = {
  'no ID': { lines: [], reason: 'missing' },
  'an empty one': { lines: ['X-Correlation-ID:'], reason: 'missing' },
  'a good one': { lines: ['X-Correlation-ID: a-1'], id: 'a-1' },
  'a good one in another case': { lines: ['x-CORRELATION-id: a-1'], id: 'a-1' },
  'a good one with blanks around': { lines: ['X-Correlation-ID: \t a-1 \t'], id: 'a-1' },
  'the longest one': { lines: [`X-Correlation-ID: ${LONGEST}`], id: LONGEST },
  'one that is too long': { lines: [`X-Correlation-ID: ${LONGEST}x`], reason: 'too_long' },
  'a very long one': { lines: [`X-Correlation-ID: ${'x'.repeat(10_000)}`], reason: 'too_long' },
  markup: { lines: ['X-Correlation-ID: <script>'], reason: 'malformed' },
  'a blank within': { lines: ['X-Correlation-ID: a b'], reason: 'malformed' },
  Latin: { lines: ['X-Correlation-ID: \u00e9\u00e8'], reason: 'malformed' },
  'a tab within': { lines: ['X-Correlation-ID: a\tb'], reason: 'malformed' },
  'a quote': { lines: ['X-Correlation-ID: "quoted"'], reason: 'malformed' },
  'equal repeats': { lines: ['X-Correlation-ID: a-1', 'x-correlation-id: a-1'], id: 'a-1' },
  'equal repeats in one line': { lines: ['X-Correlation-ID: a-1, a-1'], id: 'a-1' },
  'different ones': { lines: ['X-Correlation-ID: a-1', 'X-Correlation-ID: b-2'], id: 'a-1' },
  'different ones in one line': { lines: ['X-Correlation-ID: a-1,b-2'], id: 'a-1' },
  'a malformed one and a good one': { lines: ['X-Correlation-ID: <x>', 'X-Correlation-ID: b-2'], id: 'b-2' },
  'the second name': { lines: ['X-Request-ID: r-1'], id: 'r-1' },
  'both names': { lines: ['X-Request-ID: r-1', 'X-Correlation-ID: a-1'], id: 'a-1' },
  'both names, the first malformed': { lines: ['X-Correlation-ID: <x>', 'X-Request-ID: r-1'], id: 'r-1' },
  'both names, both malformed': { lines: ['X-Correlation-ID: <x>', 'X-Request-ID: <y>'], reason: 'malformed' },
  'a name that is not read': { lines: ['X-Amzn-Trace-Id: Root=1-2-3'], reason: 'missing' },
  'baggage only': { lines: ['baggage: k=v,correlation.id=g-1;p=1'], id: 'g-1' },
  'encoded baggage': { lines: ['baggage: correlation.id=g%2D1'], id: 'g-1' },
  'baggage that decodes to a line break': { lines: ['baggage: correlation.id=a%0d%0ab'], reason: 'malformed' },
  'baggage that is too long': { lines: [`baggage: correlation.id=${LONGEST}x`], reason: 'too_long' },
  'baggage of others': { lines: ['baggage: k=v'], reason: 'missing' },
  'a header against baggage': { lines: ['X-Correlation-ID: a-1', 'baggage: correlation.id=g-1'], id: 'a-1' },
  'a malformed header and baggage': { lines: ['X-Correlation-ID: <x>', 'baggage: correlation.id=g-1'], id: 'g-1' },
}

const valuesOf = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('X-')).map((line) => line.slice(line.indexOf(':') + 1).trim())

describe(`what comes in on a raw socket `, () => {
  let app: App
  let sink: Awaited<ReturnType<typeof startOtlpSink>>
  before(async () => {
    sink = await startOtlpSink()
    app = await runApp({ fixture: 'seen.mjs', sink })
  })
  after(async () => {
    await app.stop()
    await sink.close()
  })

  for (const [title, { lines, id, reason }] of Object.entries(CASES)) {
    it(title, async () => {
      const head = ['GET / HTTP/1.1', 'Host: h', ...lines, 'Connection: close', '', ''].join('\r\n')
      const answer = (await rawRequest(app.port, head)).toString('latin1')
      const [rawHead = '', body = ''] = answer.split('\r\n\r\n')
      const echoed = [...rawHead.matchAll(/^x-correlation-id: (.*)$/gm)].map(([, value]) => value?.trim())
      const seen = JSON.parse(body) as { id: string; headers: Record<string, string> }
      assert.deepEqual(echoed, [seen.id])
      assert.equal(seen.headers['x-correlation-id'], seen.id)
      if (id === undefined) assert.match(seen.id, UUID_V4)
      else assert.equal(seen.id, id)

      const spans = await sink.waitForSpans((all) => all.some((span) => span.attributes['correlation.id'] === seen.id))
      const span = spans.find((candidate) => candidate.attributes['correlation.id'] === seen.id)
      assert.equal(span?.kind, 'SERVER')
      assert.equal(span?.attributes['correlation.reason'], reason)
      assert.equal(span?.attributes['correlation.received_id'], undefined)
      // Nothing that was refused comes out anywhere; the application still sees its baggage.
      const all = answer + JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })))
      if (reason === 'malformed' || reason === 'too_long') {
        for (const value of valuesOf(lines)) assert.ok(!all.includes(value), `${value} came out`)
      }
    })
  }

  it('two requests of one connection have two', async () => {
    const get = 'GET / HTTP/1.1\r\nHost: h\r\n'
    const answer = (
      await rawRequest(app.port, `${get}X-Correlation-ID: a-1\r\n\r\n${get}Connection: close\r\n\r\n`)
    ).toString()
    const [first, second] = [...answer.matchAll(/x-correlation-id: (.*)\r/g)].map(([, value]) => value as string)
    assert.equal(first, 'a-1')
    assert.match(second as string, UUID_V4)
  })

  it('a generated one is never the same', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => assertOneId(await askSeen(app))))
    assert.equal(new Set(ids).size, 50)
  })

  it('control: without us there is none to find', async (t) => {
    const without = await runApp({ fixture: 'seen.mjs', preload: 'none', t })
    await assert.rejects(async () => assertOneId(await askSeen(without, ['X-Correlation-ID', 'a-1'])), /there is no ID/)
  })
})
