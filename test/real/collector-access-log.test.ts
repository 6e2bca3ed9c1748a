// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { createProject } from '../support/packed.ts'
import { type Collector, startCollector } from '../support/start-collector.ts'

const TRACE_ID = '971c36354c8ec108a40500ff374e69bf'

/** Lines as examples/proxies/nginx.conf has them written; the proxies' tests look at what nginx itself writes. */
const line = (fields: Readonly<Record<string, string | number>> = {}) => ({
  time: '2026-11-23T04:05:06+01:00',
  'correlation.id': 'order-4711',
  trace_id: TRACE_ID,
  method: 'GET',
  uri: '/checkout/tea?size=2',
  status: 200,
  duration: 0.021,
  ...fields,
})

const CASES = [
  { name: 'a request in a trace', fields: {}, severity: 'INFO', traceId: TRACE_ID },
  { name: 'a request without a trace', fields: { trace_id: '' }, severity: 'INFO', traceId: undefined },
  { name: 'a redirect', fields: { status: 302 }, severity: 'INFO', traceId: TRACE_ID },
  { name: 'a mistake of the client', fields: { status: 404 }, severity: 'WARN', traceId: TRACE_ID },
  { name: 'a failure', fields: { status: 502 }, severity: 'ERROR', traceId: TRACE_ID },
] as const

describe('the access log of nginx', () => {
  it('becomes log records with the ID, the trace and the resource', async (t) => {
    const { append, sink } = await startAgent(t)
    append(...CASES.map(({ name, fields }) => JSON.stringify(line({ ...fields, uri: `/${encodeURIComponent(name)}` }))))
    const records = await sink.waitForLogs(CASES.length, 20_000)
    for (const { name, fields, severity, traceId } of CASES) {
      const uri = `/${encodeURIComponent(name)}`
      const record = records.find(({ attributes }) => attributes['url.original'] === uri)
      assert.ok(record, name)
      assert.equal(record.traceId, traceId, name)
      assert.equal(record.severityText.toUpperCase().slice(0, 5), severity, name)
      assert.equal(record.timeUnixNano, BigInt(Date.parse('2026-11-23T04:05:06+01:00')) * 1_000_000n)
      assert.equal(record.resource['service.name'], 'nginx')
      assert.ok(record.resource['host.name'])
      const { 'log.file.name': file, time: _time, ...attributes } = record.attributes
      assert.equal(file, 'access.json')
      assert.deepEqual(attributes, {
        'correlation.id': 'order-4711',
        'http.request.method': 'GET',
        'http.response.status_code': 'status' in fields ? fields.status : 200,
        'url.original': uri,
        duration: 0.021,
      })
    }
  })

  it('goes on as text where a line is no JSON, and the lines behind it are read', async (t) => {
    const { append, sink } = await startAgent(t)
    append('not JSON', JSON.stringify(line()))
    const records = await sink.waitForLogs(2, 20_000)
    assert.deepEqual(
      records.map(({ body, attributes }) => [body === 'not JSON', attributes['correlation.id']]),
      [
        [true, undefined],
        [false, 'order-4711'],
      ],
    )
  })

  it('is read on where it was left: after a restart no line comes twice, and none is missing', async (t) => {
    const { append, sink, agent } = await startAgent(t)
    append(JSON.stringify(line({ 'correlation.id': 'before' })))
    await sink.waitForLogs(1, 20_000)
    await agent.stop()
    append(JSON.stringify(line({ 'correlation.id': 'meanwhile' })))
    await agent.start()
    append(JSON.stringify(line({ 'correlation.id': 'after' })))
    const records = await sink.waitForLogs(
      (all) => all.some(({ attributes }) => attributes['correlation.id'] === 'after'),
      20_000,
    )
    assert.deepEqual(
      records.map(({ attributes }) => attributes['correlation.id']),
      ['before', 'meanwhile', 'after'],
    )
  })
})

interface Agent {
  readonly agent: Collector
  readonly sink: OtlpSink
  append(...lines: readonly string[]): void
}

/** The production agent, with a sink in place of the gateway. */
async function startAgent(t: TestContext): Promise<Agent> {
  const { folder, [Symbol.dispose]: remove } = createProject('access-log')
  const file = path.join(folder, 'access.json')
  const sink = await startOtlpSink()
  const agent = await startCollector(t, {
    config: 'agent.yaml',
    env: { NGINX_ACCESS_LOG: file, GATEWAY_ENDPOINT: sink.url },
  })
  t.after(() => sink.close())
  t.after(remove)
  return { agent, sink, append: (...lines) => appendFileSync(file, lines.map((each) => `${each}\n`).join('')) }
}
