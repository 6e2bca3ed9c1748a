// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_RULES } from '../../src/correlation/decide.ts'
import { problemOf } from '../../src/correlation/id.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { sendOtlp } from '../support/send-otlp.ts'
import { startCollector } from '../support/start-collector.ts'
import { startGateway } from '../support/start-gateway.ts'

const GOOD = [
  'order-4711',
  '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  'a',
  '_',
  '-',
  'A.:@=+/~-_9',
  'x'.repeat(128),
] as const
const BAD = [
  '',
  ' order-4711',
  'order 4711',
  'order-4711\n',
  'order-4711\r\nx-admin: 1',
  '.hidden',
  '/etc/passwd',
  'a,b',
  'a;b',
  '<script>',
  'ä',
  'x'.repeat(129),
  'order-4711\u0000',
  4711,
  true,
  1.5,
] as const

/** Keys that hold what another system put into its baggage. */
const FOREIGN = ['baggage', 'baggage.user.id', 'http.request.header.baggage', 'http.response.header.baggage']
/** Keys that only look like it. */
const OURS = ['baggageclaim', 'my.baggage', 'http.request.header.accept', 'user.id']
const everyKey = Object.fromEntries([...FOREIGN, ...OURS].map((key) => [key, 'a value']))

describe('the last gate', () => {
  it('is given what the package itself calls good and bad', () => {
    assert.deepEqual(
      GOOD.map(isId),
      GOOD.map(() => true),
    )
    assert.deepEqual(
      BAD.map(isId),
      BAD.map(() => false),
    )
  })

  it('keeps good IDs on spans, and drops bad ones with nothing else', async (t) => {
    const { collector, sink } = await startGateway(t)
    const values = [...GOOD, ...BAD]
    const attributes = (id: (typeof values)[number]) => ({
      'correlation.id': id,
      'correlation.received_id': id,
      'http.route': '/',
    })
    await sendOtlp(collector.otlpUrl, {
      spans: values.flatMap((id, index) => [
        { name: `${index}`, attributes: attributes(id) },
        { name: `${index} with an event`, attributes: attributes(id), event: { 'correlation.id': id } },
      ]),
    })
    const arrived = await sink.waitForSpans(2 * values.length, 20_000)
    for (const [index, id] of values.entries()) {
      const expected = { 'http.route': '/', ...(isId(id) && attributes(id)) }
      const [plain, eventful] = ['', ' with an event'].map((rest) =>
        arrived.find(({ name }) => name === `${index}${rest}`),
      )
      assert.deepEqual({ ...plain?.attributes }, expected)
      assert.deepEqual({ ...eventful?.attributes }, expected)
      assert.equal(eventful?.events[0]?.attributes['correlation.id'], isId(id) ? id : undefined)
    }
  })

  it('does the same on log records and on resources', async (t) => {
    const { collector, sink } = await startGateway(t)
    const values = [...GOOD, ...BAD]
    for (const [index, id] of values.entries()) {
      await sendOtlp(collector.otlpUrl, {
        logs: [{ index, 'correlation.id': id }],
        spans: [{ name: `${index}` }],
        resource: { 'correlation.id': id },
      })
    }
    const logs = await sink.waitForLogs(values.length, 20_000)
    const spans = await sink.waitForSpans(values.length, 20_000)
    for (const [index, id] of values.entries()) {
      const kept = isId(id) ? id : undefined
      const log = logs.find(({ attributes }) => attributes['index'] === index)
      assert.equal(log?.attributes['correlation.id'], kept)
      assert.equal(log?.resource['correlation.id'], kept)
      assert.equal(spans.find(({ name }) => name === `${index}`)?.resource['correlation.id'], kept)
    }
  })

  it('drops foreign baggage, wherever it is, and nothing that looks like it', async (t) => {
    const { collector, sink } = await startGateway(t)
    await sendOtlp(collector.otlpUrl, {
      spans: [{ attributes: everyKey, event: everyKey }],
      logs: [everyKey],
      points: [everyKey],
      resource: everyKey,
    })
    const [span] = await sink.waitForSpans(1, 20_000)
    const [log] = await sink.waitForLogs(1, 20_000)
    const metrics = await sink.waitForMetrics((all) => all.some(({ name }) => name === 'sent.points'), 20_000)
    const point = metrics.find(({ name }) => name === 'sent.points')?.points[0]
    const places = {
      span: span?.attributes,
      event: span?.events[0]?.attributes,
      resource: span?.resource,
      log: log?.attributes,
      point: point?.attributes,
    }
    for (const [place, attributes = {}] of Object.entries(places)) {
      assert.deepEqual(
        Object.keys(attributes)
          .filter((key) => key in everyKey)
          .sort(),
        OURS.toSorted(),
        place,
      )
    }
  })

  it('lets no ID at all into a metric', async (t) => {
    const { collector, sink } = await startGateway(t)
    await sendOtlp(collector.otlpUrl, { points: [{ 'correlation.id': 'order-4711', 'http.route': '/' }] })
    const metrics = await sink.waitForMetrics((all) => all.some(({ name }) => name === 'sent.points'), 20_000)
    const point = metrics.find(({ name }) => name === 'sent.points')?.points[0]
    assert.deepEqual(point?.attributes, { 'http.route': '/' })
  })

  it('is what does it: the development configuration hands everything on', async (t) => {
    const sink = await startOtlpSink()
    t.after(() => sink.close())
    const collector = await startCollector(t, { config: 'development.yaml', env: { JAEGER_ENDPOINT: sink.url } })
    await sendOtlp(collector.otlpUrl, { spans: [{ attributes: { 'correlation.id': 'a,b', ...everyKey } }] })
    const [span] = await sink.waitForSpans(1, 20_000)
    assert.deepEqual(span?.attributes, { 'correlation.id': 'a,b', ...everyKey })
  })
})

function isId(value: string | number | boolean): boolean {
  return typeof value === 'string' && problemOf(value, DEFAULT_RULES.idRules) === undefined
}
