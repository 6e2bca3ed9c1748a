// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Chain, SERVICES, type Service, startChain } from '../../examples/stack/start-chain.ts'
import { eventually } from '../support/eventually.ts'
import { type Response, request } from '../support/http-request.ts'
import { findSpans } from '../support/jaeger-query.ts'
import { createLifetime } from '../support/lifetime.ts'
import type { SinkLog, SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { createProject } from '../support/packed.ts'
import type { LogLine } from '../support/run-app.ts'
import { startCollector } from '../support/start-collector.ts'
import { startJaeger } from '../support/start-jaeger.ts'
import type { AccessEntry } from './proxies.ts'

type OfEach<T> = Readonly<Record<Service, T>>

/** What the request makes: the shop calls two, pricing and stock one each, and the notifier is called by two. */
const SPANS: OfEach<number> = { shop: 3, pricing: 2, stock: 2, notifier: 2 }
const SPAN_COUNT = 9
/** What it makes the services write. */
const LINES: OfEach<number> = { shop: 3, pricing: 3, stock: 2, notifier: 3 }
const FAILING = '/checkout/gold-plated-kettle'

/** Everything that one request left behind. */
interface Story {
  readonly answer: Response
  /** As the answer names it. */
  readonly id: string
  readonly access: readonly AccessEntry[]
  /** All that was written meanwhile, with this ID or without. */
  readonly lines: OfEach<readonly LogLine[]>
  /** What one search for the ID finds in Jaeger. */
  readonly spans: readonly SinkSpan[]
}

const project = createProject('chain')
const suite = createLifetime()
let logs: OtlpSink
let queryUrl: string
let otlpUrl: string
let chain: Chain

// nginx → services → agent → gateway → Jaeger, as in production. A decision takes a second here, and only what failed is kept: what is
// found has passed tail sampling.
before(async () => {
  logs = await startOtlpSink()
  const jaeger = await startJaeger(suite)
  queryUrl = jaeger.queryUrl
  const stores = { JAEGER_ENDPOINT: jaeger.otlpUrl, LOGS_ENDPOINT: logs.url, METRICS_ENDPOINT: logs.url }
  const sampling = { DECISION_WAIT: '1s', SAMPLING_PERCENTAGE: '0', SLOW_MS: '600000' }
  const gateway = await startCollector(suite, { config: 'gateway.yaml', env: { ...stores, ...sampling } })
  const accessLog = path.join(project.folder, 'access.json')
  const env = { GATEWAY_ENDPOINT: gateway.otlpUrl, NGINX_ACCESS_LOG: accessLog }
  const agent = await startCollector(suite, { config: 'agent.yaml', env })
  otlpUrl = agent.otlpUrl
  chain = await startChain({ otlpUrl, folder: project.folder })
})
after(async () => {
  await chain?.[Symbol.asyncDispose]()
  await suite.end()
  await logs?.close()
  project[Symbol.dispose]()
})

let requests = 0

/** Sends the request that fails, and waits for what it leaves: so many spans in all traces of its ID. */
async function play(
  over: Chain,
  headers: Readonly<Record<string, string>> = {},
  spanCount = SPAN_COUNT,
): Promise<Story> {
  const seen = ofEach((service) => over.apps[service].logs.length)
  const uri = `${FAILING}?request=${++requests}`
  const answer = await request(`${over.url}${uri}`, { headers })
  const id = String(answer.headers['x-correlation-id'])
  await over.nginx.entryOf(uri)
  const access = over.nginx.entries().filter((entry) => entry.uri === uri)
  const lines = await eventually(
    async () => ofEach((service) => over.apps[service].logs.slice(seen[service])),
    (all) => SERVICES.every((service) => all[service].length >= LINES[service]),
  )
  const spans = await eventually(
    () => findSpans(queryUrl, { attributes: { 'correlation.id': id } }),
    (found) => found.length >= spanCount,
  )
  return { answer, id, access, lines, spans }
}

/** Where the one ID is not, or something else is, in words. */
function problemsOf({ answer, id, access, lines, spans }: Story, traces = 1): readonly string[] {
  const problems: string[] = []
  const expect = (what: string, seen: unknown, wanted: unknown) => {
    if (seen !== wanted) problems.push(`${what}: ${seen} instead of ${wanted}`)
  }
  const names = answer.rawHeaders.filter((name, i) => i % 2 === 0 && /^x-correlation-id$/i.test(name))
  expect('headers of the response', names.length, 1)
  expect('error page', /<code>(.*)<\/code>/.exec(answer.body)?.[1], id)
  expect('lines in the access log', access.length, 1)
  expect('access log', access[0]?.id, id)
  for (const service of SERVICES) {
    expect(`lines of ${service}`, lines[service].length, LINES[service])
    for (const line of lines[service]) expect(`${service}: ${line['message']}`, line['correlation_id'], id)
    expect(`spans of ${service}`, spans.filter((span) => serviceOf(span) === service).length, SPANS[service] * traces)
  }
  for (const span of spans) expect(`${serviceOf(span)}: ${span.name}`, span.attributes['correlation.id'], id)
  expect('traces', new Set(spans.map((span) => span.traceId)).size, traces)
  const known = new Set(spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`))
  const roots = spans.filter(({ traceId, parentSpanId }) => !known.has(`${traceId}/${parentSpanId}`))
  expect('roots', roots.map(serviceOf).join(), Array(traces).fill('shop').join())
  return problems
}

const serviceOf = ({ resource }: SinkSpan) => String(resource['service.name'])

function ofEach<T>(make: (service: Service) => T): OfEach<T> {
  return { shop: make('shop'), pricing: make('pricing'), stock: make('stock'), notifier: make('notifier') }
}

/** What the access log says of an ID, as the agent read it and the gateway passed it on. */
async function recordsOf(id: string): Promise<readonly SinkLog[]> {
  const isIts = ({ attributes }: SinkLog) => attributes['correlation.id'] === id
  return (await logs.waitForLogs((all) => all.some(isIts), 30_000)).filter(isIts)
}

describe('one request through nginx, shop, pricing, Flask and the notifier', () => {
  it('has one ID in the access log, every line, every span in Jaeger, the response and the error page', async () => {
    const story = await play(chain)
    assert.equal(story.answer.status, 502)
    assert.match(story.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.deepEqual(problemsOf(story), [])
    const failed = story.spans.filter(({ status }) => status.code === 'ERROR').map(serviceOf)
    assert.deepEqual(failed.toSorted(), ['notifier', 'shop', 'shop'])
  })

  it('has its line of the access log as a record, by the agent, with the ID and the trace that the client began', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const story = await play(chain, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
    assert.deepEqual(problemsOf(story), [])
    const records = await recordsOf(story.id)
    assert.equal(records.length, 1)
    assert.equal(records[0]?.attributes['http.response.status_code'], 502)
    assert.equal(records[0]?.resource['service.name'], 'nginx')
    assert.equal(records[0]?.traceId, traceId)
    assert.equal(story.spans[0]?.traceId, traceId)
  })

  it('shares a search with another request of the same ID: two traces', async () => {
    const headers = { 'x-correlation-id': 'order-4711' }
    const first = await play(chain, headers)
    assert.deepEqual(problemsOf(first), [])
    const second = await play(chain, headers, 2 * SPAN_COUNT)
    assert.equal(second.id, 'order-4711')
    assert.deepEqual(problemsOf(second, 2), [])
  })

  it('would be found out: without the package in one service the rest of the chain has another ID', async () => {
    await using broken = await startChain({ otlpUrl, env: { pricing: { CORRELATION_ENABLED: 'false' } } })
    // The shop's three spans, and the notifier's one for its call.
    const problems = problemsOf(await play(broken, {}, 4)).join('\n')
    for (const missing of [
      'pricing: looking up gold-plated-kettle: undefined instead of',
      'stock: counting gold-plated-kettle: ',
      'spans of pricing: 0 instead of 2',
      'spans of stock: 0 instead of 2',
      'spans of notifier: 1 instead of 2',
    ]) {
      assert.ok(problems.includes(missing), `${missing} is not in\n${problems}`)
    }
    assert.doesNotMatch(problems, /^(?:shop|access log|error page)/m)
  })
})
