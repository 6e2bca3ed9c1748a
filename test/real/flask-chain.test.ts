// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'
import { startStock } from './stock.ts'

interface Chain {
  readonly pricing: App
  readonly stock: App
  readonly notifier: App
}

function startService(t: TestContext, sink: OtlpSink, name: string, env: Readonly<Record<string, string>> = {}) {
  const fixture = path.join(ROOT, `examples/demo/${name}.js`)
  return runApp({ fixture, preload: 'import', sink, env: { OTEL_SERVICE_NAME: name, ...env }, t })
}

/** Node, then Python, then Node. */
async function startChain(t: TestContext, sink: OtlpSink): Promise<Chain> {
  const notifier = await startService(t, sink, 'notifier')
  const stock = await startStock(t, { sink, env: { NOTIFIER_URL: notifier.url } })
  const pricing = await startService(t, sink, 'pricing', { STOCK_URL: stock.url })
  return { pricing, stock, notifier }
}

/** Service and kind of a span and of those above it, the root first. */
function pathOf(span: SinkSpan, spans: readonly SinkSpan[]): readonly string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return [...(parent ? pathOf(parent, spans) : []), `${span.resource['service.name']} ${span.kind}`]
}

const SERVERS = ['pricing', 'stock', 'notifier']
const isComplete = (spans: readonly SinkSpan[]) =>
  SERVERS.every((name) => spans.some(({ kind, resource }) => kind === 'SERVER' && resource['service.name'] === name))

const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an ID of the client': { 'x-correlation-id': 'order-4711' },
  'an ID with characters that baggage encodes': { 'x-correlation-id': 'a/b+c=d:e@f~g' },
  'an ID that comes by baggage': { baggage: 'correlation.id=order-4712,tenant=blue' },
  'no ID': {},
}

describe('Node → Flask → Node', () => {
  for (const [title, headers] of Object.entries(CASES)) {
    it(`keeps the ID and the trace: ${title}`, async (t) => {
      await using sink = await startOtlpSink()
      const { pricing, stock, notifier } = await startChain(t, sink)
      const response = await pricing.request('/prices/tea', { headers })
      assert.equal(response.body, '{"item":"tea","price":6}')
      const id = response.headers['x-correlation-id']
      const sent = headers['x-correlation-id'] ?? /correlation\.id=([^,]+)/.exec(headers['baggage'] ?? '')?.[1]
      if (sent === undefined) assert.match(`${id}`, /^[0-9a-f-]{36}$/)
      else assert.equal(id, sent)

      const spans = await sink.waitForSpans(isComplete)
      const last = spans.find(({ resource }) => resource['service.name'] === 'notifier') as SinkSpan
      assert.deepEqual(pathOf(last, spans), [
        'pricing SERVER',
        'pricing CLIENT',
        'stock SERVER',
        'stock CLIENT',
        'notifier SERVER',
      ])
      assert.deepEqual(new Set(spans.map(({ traceId }) => traceId)), new Set([last.traceId]))
      assert.deepEqual(
        spans.map(({ attributes }) => attributes['correlation.id']),
        spans.map(() => id),
      )

      for (const [app, messages] of [
        [pricing, ['looking up tea', '120 of tea left']],
        [stock, ['counting tea', '120 of tea left']],
        [notifier, ['telling the warehouse about tea']],
      ] as const) {
        const lines = await app.waitForLogs(messages.length)
        assert.deepEqual(
          lines.map((line) => [line['message'], line['correlation_id'], line['trace_id']]),
          messages.map((message) => [message, id, last.traceId]),
        )
        assert.equal(app.stderr, '')
      }
    })
  }

  it('and where Python is the first, it makes the ID that Node takes', async (t) => {
    await using sink = await startOtlpSink()
    const { stock, notifier } = await startChain(t, sink)
    const { headers } = await stock.request('/stock/tea')
    const [line] = await notifier.waitForLogs(1)
    assert.equal(line?.['correlation_id'], headers['x-correlation-id'])
    assert.match(`${headers['x-correlation-id']}`, /^[0-9a-f-]{36}$/)
  })

  it('and without the session of correlation.py it would be two IDs', async (t) => {
    await using sink = await startOtlpSink()
    const notifier = await startService(t, sink, 'notifier')
    const env = { NOTIFIER_URL: notifier.url, CORRELATION_PROPAGATE_TO: 'none' }
    const stock = await startStock(t, { sink, env })
    await stock.request('/stock/tea', { headers: { 'x-correlation-id': 'order-4713' } })
    const [line] = await notifier.waitForLogs(1)
    assert.notEqual(line?.['correlation_id'], 'order-4713')
  })

  it('sells without the Python service, and says that it did not answer', async (t) => {
    await using sink = await startOtlpSink()
    const gone = await startOtlpSink()
    await gone.close()
    const pricing = await startService(t, sink, 'pricing', { STOCK_URL: gone.url })
    const { body, headers } = await pricing.request('/prices/tea')
    assert.equal(body, '{"item":"tea","price":6}')
    const lines = await pricing.waitForLogs(2)
    assert.match(`${lines[1]?.['message']}`, /^tea was not counted: /)
    assert.equal(lines[1]?.['correlation_id'], headers['x-correlation-id'])
  })
})
