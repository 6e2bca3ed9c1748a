// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { codeBlocks } from '../support/markdown.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { FLASK_FOLDER, startStock } from './stock.ts'

/** As many as the service has threads. */
const AT_ONCE = 8

/** A notifier that answers nobody before `n` have asked. Returns the ID that came with the question about each item. */
async function startBarrier(t: TestContext, n: number) {
  const asked = new Map<string, string>()
  const waiting: ServerResponse[] = []
  const server = createServer(async (request, response) => {
    const { item } = JSON.parse((await request.toArray()).join('')) as { readonly item: string }
    asked.set(`${item} ${request.headers['x-correlation-id']}`, `${request.headers['baggage']}`)
    if (waiting.push(response) === n) for (const each of waiting.splice(0)) each.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

interface ErrorCase {
  readonly title: string
  readonly target: string
  readonly method?: string
  readonly status: number
  readonly heading: string
  /** What the service has logged by then. */
  readonly levels: readonly string[]
}

const ERRORS: readonly ErrorCase[] = [
  { title: 'no such route', target: '/nowhere', status: 404, heading: 'Not Found', levels: [] },
  { title: 'what the app aborts', target: '/stock/gold', status: 404, heading: 'Not Found', levels: ['info'] },
  {
    title: 'no such method',
    target: '/stock/tea',
    method: 'PUT',
    status: 405,
    heading: 'Method Not Allowed',
    levels: [],
  },
  {
    title: 'what the app throws',
    target: '/stock/tea',
    status: 500,
    heading: 'Internal Server Error',
    levels: ['info', 'error'],
  },
]

describe('the Flask service', () => {
  for (const { title, target, method = 'GET', status, heading, levels } of ERRORS) {
    it(`has the ID on its error page and in its header: ${title}`, async (t) => {
      await using sink = await startOtlpSink()
      const gone = await startOtlpSink()
      await gone.close()
      const app = await startStock(t, { sink, env: { NOTIFIER_URL: gone.url } })
      const response = await app.request(target, { method, headers: { 'x-correlation-id': 'order-1' } })
      assert.equal(response.status, status)
      assert.equal(response.headers['x-correlation-id'], 'order-1')
      assert.match(response.headers['content-type'] ?? '', /^text\/html/)
      assert.ok(response.body.includes(`<h1>${heading}</h1>\n<p>Correlation ID: <code>order-1</code></p>`))
      const lines = await app.waitForLogs(levels.length)
      assert.deepEqual(
        lines.map((line) => [line['level'], line['correlation_id']]),
        levels.map((level) => [level, 'order-1']),
      )
      if (status === 500) assert.match(`${lines.at(-1)?.['exception']}`, /ConnectionError/)
      const spans = await sink.waitForSpans((all) => all.some(({ kind }) => kind === 'SERVER'))
      for (const span of spans) assert.equal(span.attributes['correlation.id'], 'order-1')
      const server = spans.find(({ kind }) => kind === 'SERVER')
      assert.equal(server?.status.code, status === 500 ? 'ERROR' : 'UNSET')
    })
  }

  it(`never mixes ${AT_ONCE} requests that run at once`, async (t) => {
    await using sink = await startOtlpSink()
    const { asked, url } = await startBarrier(t, AT_ONCE)
    const app = await startStock(t, { sink, env: { NOTIFIER_URL: url } })
    const items = ['tea', 'coffee', 'cake', 'gold-plated-kettle']
    const requests = Array.from({ length: AT_ONCE }, (_, n) => ({ id: `${items[n % 4]}-${n}`, item: items[n % 4] }))
    // Twice: the second round runs in threads that have worked for the first.
    for (const round of ['a', 'b']) {
      const responses = await Promise.all(
        requests.map(({ id, item }) =>
          app.request(`/stock/${item}`, { headers: { 'x-correlation-id': `${id}-${round}` } }),
        ),
      )
      assert.deepEqual(
        responses.map(({ headers }) => headers['x-correlation-id']),
        requests.map(({ id }) => `${id}-${round}`),
      )
    }
    assert.deepEqual(
      [...asked].sort(),
      ['a', 'b']
        .flatMap((round) => requests.map(({ id, item }) => [`${item} ${id}-${round}`, `correlation.id=${id}-${round}`]))
        .sort(),
    )
    const lines = await app.waitForLogs(2 * 2 * AT_ONCE)
    for (const line of lines) {
      const [, item] = /^(.+)-\d-[ab]$/.exec(`${line['correlation_id']}`) ?? []
      assert.ok(`${line['message']}`.split(' ').includes(item ?? 'no item'), JSON.stringify(line))
    }
    const spans = await sink.waitForSpans(2 * 2 * AT_ONCE)
    const idsOfTraces = Map.groupBy(spans, ({ traceId }) => traceId)
    assert.equal(idsOfTraces.size, 2 * AT_ONCE)
    for (const trace of idsOfTraces.values()) {
      assert.equal(new Set(trace.map(({ attributes }) => attributes['correlation.id'])).size, 1)
    }
  })

  it('sends the spans that are still queued when it is told to end', async (t) => {
    await using sink = await startOtlpSink()
    const app = await startStock(t, { sink, env: { OTEL_BSP_SCHEDULE_DELAY: '60000' } })
    await app.request('/stock/tea')
    assert.deepEqual(sink.spans, [])
    assert.deepEqual(await app.stop(), { code: 0, signal: null })
    assert.deepEqual(
      sink.spans.map(({ name, resource }) => [name, resource['service.name']]),
      [['GET /stock/<item>', 'stock']],
    )
  })

  it('answers as its README shows', async (t) => {
    const blocks = codeBlocks(readFileSync(path.join(FLASK_FOLDER, 'README.md'), 'utf8'))
    const shown = blocks.find(({ language }) => language === 'console')?.code.split('\n') ?? []
    const app = await startStock(t)
    const response = await app.request('/stock/tea', { headers: { 'x-correlation-id': 'order-4711' } })
    assert.ok(shown.includes(response.body.trim()), response.body)
    const at = response.rawHeaders.findIndex((name) => /^x-correlation-id$/i.test(name))
    assert.ok(shown.includes(`${response.rawHeaders[at]}: ${response.rawHeaders[at + 1]}`), `${response.rawHeaders}`)

    const sample = JSON.parse(blocks.find(({ language }) => language === 'json')?.code ?? '') as object
    await using sink = await startOtlpSink()
    const traced = await startStock(t, { sink })
    await traced.request('/stock/tea', { headers: { 'x-correlation-id': 'order-4711' } })
    const [line = {}] = await traced.waitForLogs(2)
    assert.deepEqual(Object.keys(line), Object.keys(sample))
  })
})
