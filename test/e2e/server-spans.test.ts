// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type App, type RunAppOptions, runApp } from '../support/run-app.ts'

const UPSTREAM = path.join(import.meta.dirname, '../fixtures/client-spans/upstream.cjs')
const TRACE_ID = 'a'.repeat(32)
const PARENT_ID = 'b'.repeat(16)

type Fields = Readonly<Record<string, unknown>>

interface Request {
  /** The first line, without the version. */
  readonly line: string
  readonly headers?: readonly string[]
  readonly body?: string
  /** The client goes once the listener has the request. */
  readonly isAborted?: boolean
  readonly isHttp10?: boolean
  readonly host?: string
}

const REQUESTS: Readonly<Record<string, Request>> = {
  ok: { line: 'GET /ok' },
  'a later answer': { line: 'GET /later' },
  HEAD: { line: 'HEAD /ok' },
  OPTIONS: { line: 'OPTIONS *' },
  'a method that Node knows alone': { line: 'PROPFIND /ok' },
  POST: { line: 'POST /body', headers: ['content-length: 4'], body: 'body' },
  'a body in chunks': { line: 'PUT /body', headers: ['transfer-encoding: chunked'], body: '1\r\nx\r\n0\r\n\r\n' },
  'Expect: 100-continue': { line: 'POST /body', headers: ['expect: 100-continue', 'content-length: 1'], body: 'x' },
  'an expectation that is unknown': { line: 'GET /ok', headers: ['expect: tea'] },
  'early hints': { line: 'GET /informed' },
  'status 399': { line: 'GET /399' },
  'status 404': { line: 'GET /404' },
  'status 418, not written as such': { line: 'GET /implicit' },
  'status 500': { line: 'GET /500' },
  'no body': { line: 'GET /empty' },
  'a listener that throws': { line: 'GET /throw' },
  'a listener that rejects': { line: 'GET /reject' },
  'the client goes before the answer': { line: 'GET /hang', isAborted: true },
  'the client goes within the answer': { line: 'GET /half', isAborted: true },
  'the client goes within its body': { line: 'POST /hang', headers: ['content-length: 4'], body: 'b', isAborted: true },
  'the application goes': { line: 'GET /destroy' },
  'the response fails': { line: 'GET /broken' },
  'a name that the application gives': { line: 'GET /renamed' },
  'a trace of the client’s': { line: 'GET /ok', headers: [`traceparent: 00-${TRACE_ID}-${PARENT_ID}-01`] },
  'a trace that is not sampled': { line: 'GET /ok', headers: [`traceparent: 00-${TRACE_ID}-${PARENT_ID}-00`] },
  'a trace that is none': { line: 'GET /ok', headers: ['traceparent: 00-x-y-01'] },
  'a query': { line: 'GET /ok?a=b&c=d%20e' },
  'secrets in a query': { line: 'GET /ok?sig=secret&X-Amz-Signature=secret&b=c' },
  'a URL that is none': { line: 'GET //[' },
  'a whole URL': { line: 'GET http://other.example/ok' },
  'an upgrade': { line: 'GET /ok', headers: ['connection: upgrade', 'upgrade: x'] },
  'proxies before it': {
    line: 'GET /ok',
    headers: ['x-forwarded-for: 203.0.113.9, 10.0.0.1', 'x-forwarded-host: a.example', 'x-forwarded-proto: https'],
  },
  'a Host that is none': { line: 'GET /ok?a=b', host: 'a b' },
  'HTTP/1.0': { line: 'GET /ok', isHttp10: true },
}

function bytesOf(name: string, request: Request): string {
  const { line, headers = [], body = '', isHttp10 = false } = request
  const host = isHttp10 ? [] : [`host: ${request.host ?? 'shop.example:8080'}`]
  const close = headers.some((header) => header.startsWith('connection')) ? [] : ['connection: close']
  const lines = [`${line} HTTP/1.${isHttp10 ? 0 : 1}`, ...host, `user-agent: ${encodeURI(name)}`, ...close, ...headers]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

const hasHeard = (app: App, name: string, event: string) =>
  app.waitForLogs((logs) => logs.some(({ agent, event: heard }) => agent === encodeURI(name) && heard === event))

/** Resolves with the first line of the answer. */
async function send(app: App, name: string, request: Request): Promise<string> {
  if (request.isAborted !== true) {
    const answer = await rawRequest(app.port, bytesOf(name, request))
    return answer.toString('latin1').split('\r\n', 1)[0] as string
  }
  const socket = connect(app.port, '127.0.0.1', () => socket.write(bytesOf(name, request)))
  await hasHeard(app, name, 'request')
  socket.destroy()
  await hasHeard(app, name, 'close')
  return 'gone'
}

/** Makes all requests once. For each: its server spans, the answer, and which span its listeners saw. */
async function observe(t: TestContext, options: Partial<RunAppOptions>): Promise<ReadonlyMap<string, Fields>> {
  await using sink = await startOtlpSink()
  const app = await runApp({ fixture: 'server-spans/server.mjs', sink, ...options, t })
  const answers = new Map<string, string>()
  for (const [name, request] of Object.entries(REQUESTS)) answers.set(name, await send(app, name, request))
  // Two on one connection.
  const kept = ['kept 1', 'kept 2'].map((name) => bytesOf(name, { line: 'GET /later' }))
  await rawRequest(app.port, `${kept[0]?.replace('connection: close', 'connection: keep-alive')}${kept[1]}`)
  await rawRequest(app.port, bytesOf('quit', { line: 'GET /quit' }))
  assert.equal((await app.exited).code, 0)

  const seen = new Map<string, Fields>()
  for (const name of [...answers.keys(), 'kept 1', 'kept 2']) {
    const agent = encodeURI(name)
    const spans = sink.spans.filter(({ attributes }) => attributes['user_agent.original'] === agent)
    for (const { attributes } of spans) assert.equal('correlation.id' in attributes, options.preload !== 'none')
    const fields: Record<string, unknown> = { answer: answers.get(name), spans: spans.length }
    for (const [i, span] of spans.entries()) addSpan(fields, `${i}`, span)
    for (const log of app.logs) {
      if (log['agent'] === agent) fields[`active in ${log['event']}`] = whose(log['active'], spans)
    }
    seen.set(name, fields)
  }
  return seen
}

const whose = (id: unknown, spans: readonly SinkSpan[]) =>
  id === 'none' ? id : spans.some(({ spanId }) => spanId === id) ? 'own' : 'not sent'

function addSpan(fields: Record<string, unknown>, i: string, span: SinkSpan): void {
  fields[`${i} name`] = span.name
  fields[`${i} kind`] = span.kind
  fields[`${i} status`] = `${span.status.code} ${span.status.message}`.trim()
  fields[`${i} trace`] = span.traceId === TRACE_ID ? 'the client’s' : 'new'
  fields[`${i} parent`] = span.parentSpanId
  fields[`${i} links`] = span.links.length
  for (const [name, value] of Object.entries(span.attributes)) {
    // What is ours alone; and a number that is another each time.
    if (!name.startsWith('correlation.')) fields[`${i} ${name}`] = name === 'network.peer.port' ? typeof value : value
  }
  for (const { name, attributes } of span.events) {
    fields[`${i} ${name}`] = `${attributes['exception.type']}: ${attributes['exception.message']}`
  }
}

const WHY = 'upstream cannot parse the URL with such a host, and has none then'

/** Each thing that differs, with its reason. */
const DIFFERENCES: readonly (readonly [name: string, field: string, upstream: unknown, ours: unknown, why: string])[] =
  [
    ['a Host that is none', '0 url.path', undefined, '/ok', WHY],
    ['a Host that is none', '0 url.query', undefined, 'a=b', WHY],
  ]

describe('server spans', () => {
  it("are those of OpenTelemetry's instrumentation, but for what is listed", async (t) => {
    const upstream = await observe(t, { preload: 'none', nodeArgs: ['--require', UPSTREAM] })
    const ours = await observe(t, {})
    assert.deepEqual([...ours.keys()], [...upstream.keys()])
    const spans = [...ours.values()].reduce((sum, fields) => sum + Number(fields['spans']), 0)
    assert.ok(spans > 30, `${spans}`)
    const found: unknown[] = []
    for (const [name, fields] of upstream) {
      const own = ours.get(name) as Fields
      for (const field of new Set([...Object.keys(fields), ...Object.keys(own)])) {
        if (fields[field] !== own[field]) found.push([name, field, fields[field], own[field]])
      }
    }
    assert.deepEqual(
      found,
      DIFFERENCES.map(([name, field, before, after]) => [name, field, before, after]),
    )
  })
})
