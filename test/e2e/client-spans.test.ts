// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startClientTarget } from '../support/client-target.ts'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type RunAppOptions, runApp } from '../support/run-app.ts'

const UPSTREAM = path.join(import.meta.dirname, '../fixtures/client-spans/upstream.cjs')

type Fields = Readonly<Record<string, unknown>>

/** Makes all calls once. For each: its client spans, which span its listeners saw, and what came over the wire. */
async function observe(t: TestContext, options: Partial<RunAppOptions>): Promise<ReadonlyMap<string, Fields>> {
  await using sink = await startOtlpSink()
  const { env, heads } = await startClientTarget(t)
  const calls = await runApp({ fixture: 'client-spans/calls.mjs', sink, serve: false, ...options, env, t })
  await calls.exited
  const seen = new Map<string, Fields>()
  const steady = (text: string) => Object.entries(env).reduce((all, [name, value]) => all.replaceAll(value, name), text)
  for (const line of calls.logs as readonly { readonly name: string; readonly active: Fields }[]) {
    const caller = sink.spans.find(({ name, kind }) => kind === 'INTERNAL' && name === line.name)
    assert.ok(caller, `${line.name} has its own span`)
    const fields: Record<string, unknown> = {}
    const spans = sink.spans.filter(({ parentSpanId }) => parentSpanId === caller.spanId)
    fields['spans'] = spans.length
    const sorted = [...spans].sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
    for (const [i, span] of sorted.entries()) addSpan(fields, `${i}`, span, heads)
    for (const [event, found] of Object.entries(line.active)) fields[`active in ${event}`] = found
    seen.set(line.name, JSON.parse(steady(JSON.stringify(fields))))
  }
  return seen
}

function addSpan(
  fields: Record<string, unknown>,
  i: string,
  span: SinkSpan,
  heads: readonly (readonly string[])[],
): void {
  const carriers = heads.filter((head) => head.some((value) => value.includes(`-${span.spanId}-`)))
  const [head = []] = carriers
  fields[`${i} name`] = span.name
  fields[`${i} kind`] = span.kind
  fields[`${i} status`] = `${span.status.code} ${span.status.message ?? ''}`.trim()
  fields[`${i} carried by`] = carriers.length
  fields[`${i} trace lines`] = head.filter(
    (name, at) => at % 2 === 0 && /^(?:traceparent|tracestate)$/i.test(name),
  ).length
  for (const [name, value] of Object.entries(span.attributes)) {
    fields[`${i} ${name}`] = String(name === 'network.peer.port' && typeof value === 'number' ? value : value)
  }
  for (const event of span.events) {
    fields[`${i} ${event.name}`] = `${event.attributes['exception.type']}: ${event.attributes['exception.message']}`
  }
}

/** Each thing that differs, with its reason. */
const DIFFERENCES: readonly (readonly [call: string, field: string, upstream: unknown, ours: unknown, why: string])[] =
  [
    [
      'http: a method in small letters',
      '0 http.request.method_original',
      'post',
      undefined,
      'Node sends the method in capitals, so that is the original',
    ],
    [
      'http: credentials',
      '0 url.full',
      'http://REDACTED:REDACTED@127.0.0.1:HTTP_PORT/ok',
      'http://127.0.0.1:HTTP_PORT/ok',
      'a request does not keep its options, and there is nothing to tell in what is redacted',
    ],
    ['http: IPv6 in options', '0 server.address', 'localhost', '::1', 'that is where it goes'],
    ['http: IPv6 in options', '0 url.full', 'http://::1/ok', 'http://[::1]:HTTP_PORT/ok', 'that is where it goes'],
    ['http: headers in an array', '0 user_agent.original', undefined, 'ua', 'upstream breaks such headers up'],
    ...(['url.full', 'url.query'] as const).map((name) => {
      const start = name === 'url.full' ? 'http://127.0.0.1:HTTP_PORT/ok' : ''
      const why = 'upstream redacts signatures for node:http alone'
      return ['fetch: a signature', `0 ${name}`, `${start}?sig=secret&a=1`, `${start}?sig=REDACTED&a=1`, why] as const
    }),
    ['fetch: a signal', '0 error.type', '23', 'TimeoutError', 'the number is the code of a DOMException'],
  ]

describe('client spans', () => {
  it("are those of OpenTelemetry's instrumentations, but for what is listed", async (t) => {
    const upstream = await observe(t, { preload: 'none', nodeArgs: ['--require', UPSTREAM] })
    const ours = await observe(t, {})
    assert.deepEqual([...ours.keys()], [...upstream.keys()])
    assert.ok(ours.size > 50)
    const found: unknown[] = []
    for (const [call, fields] of upstream) {
      const own = ours.get(call) as Fields
      for (const field of new Set([...Object.keys(fields), ...Object.keys(own)])) {
        if (fields[field] !== own[field]) found.push([call, field, fields[field], own[field]])
      }
    }
    assert.deepEqual(
      found,
      DIFFERENCES.map(([call, field, before, after]) => [call, field, before, after]),
    )
  })
})
