// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { textOf } from '../support/collector-files.ts'
import { eventually } from '../support/eventually.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { createProject } from '../support/packed.ts'
import { sendOtlp } from '../support/send-otlp.ts'
import { type Collector, startCollector } from '../support/start-collector.ts'
import { type Kafka, startKafka } from '../support/start-kafka.ts'

const TRACES = 120
const SPANS = 3

describe('two tiers with Kafka between', () => {
  it('keep every trace with an error whole, though its spans come one by one and two collectors read them', async (t) => {
    const tiers = await startTiers(t)
    await bothRead(tiers)
    const failing = await sendTraces(tiers.tier1)
    await tiers.sink.waitForSpans(TRACES * SPANS, 60_000)
    assert.deepEqual(incomplete(failing, tiers.sink), [])
  })

  it('would divide them, or leave all to one, without the trace ID as the key', async (t) => {
    const { folder, [Symbol.dispose]: remove } = createProject('unkeyed')
    t.after(remove)
    const config = path.join(folder, 'unkeyed.yaml')
    const text = textOf('scale-tier1.yaml')
    writeFileSync(config, text.replace('partition_traces_by_id: true', 'partition_traces_by_id: false'))
    const { tier1, sink, tier2 } = await startTiers(t, { config })
    const failing = await sendTraces(tier1)
    // The last span of each fails, so that at least this one is kept.
    await sink.waitForSpans((spans) => spans.length >= TRACES, 60_000)
    const taken = await Promise.all(tier2.map(spansTaken))
    assert.ok(Math.min(...taken) === 0 || incomplete(failing, sink).length > 0, `${taken.join(' and ')} spans`)
  })

  it('lose nothing while Kafka and both collectors behind it are gone', async (t) => {
    // Everything is kept: partitions that move, while a collector comes or goes, divide traces that are just being read.
    const { tier1, sink, tier2, kafka } = await startTiers(t, { percentage: '100' })
    const before = await sendTraces(tier1)
    await sink.waitForSpans(() => incomplete(before, sink).length === 0, 60_000)
    for (const collector of tier2) await collector.stop()
    const meanwhile = await sendTraces(tier1)
    await kafka.stop()
    const late = await sendTraces(tier1)
    await kafka.start()
    for (const collector of tier2) await collector.start()
    const sent = [...before, ...meanwhile, ...late]
    // More than were sent may come: what was read, but not yet noted as read, is read again.
    await sink.waitForSpans(() => incomplete(sent, sink).length === 0, 120_000)
  })
})

describe('tier 1 without Kafka', () => {
  it('hands everything on, and loses nothing while what is behind it is gone', async (t) => {
    const sink = await startOtlpSink()
    const stores = { JAEGER_ENDPOINT: sink.url, LOGS_ENDPOINT: sink.url, METRICS_ENDPOINT: sink.url }
    const gateway = await startCollector(t, { config: 'gateway.yaml', env: { ...stores, DECISION_WAIT: '2s' } })
    const tier1 = await startCollector(t, {
      config: 'scale-tier1-direct.yaml',
      env: { GATEWAY_HOSTNAME: '127.0.0.1', GATEWAY_PORT: `${gateway.grpcPort}`, GATEWAY_ENDPOINT: gateway.otlpUrl },
    })
    t.after(() => sink.close())
    const before = await sendTraces(tier1)
    await sink.waitForSpans(() => incomplete(before, sink).length === 0, 60_000)
    await gateway.stop()
    const meanwhile = await sendTraces(tier1)
    await sendOtlp(tier1.otlpUrl, { logs: [{ 'correlation.id': 'order-4711' }] })
    await gateway.start()
    await sink.waitForSpans(() => incomplete([...before, ...meanwhile], sink).length === 0, 60_000)
    const [record] = await sink.waitForLogs(1, 60_000)
    assert.equal(record?.attributes['correlation.id'], 'order-4711')
  })
})

/** Sends traces whose last span fails, each span in a request of its own with those of the other traces between; gives their IDs. */
async function sendTraces({ otlpUrl }: Collector): Promise<readonly string[]> {
  const ids = Array.from({ length: TRACES }, () => randomBytes(16).toString('hex'))
  for (let index = 0; index < SPANS; index++) {
    const error = index === SPANS - 1
    for (const traceId of ids) await sendOtlp(otlpUrl, { spans: [{ traceId, name: `span ${index}`, error }] })
  }
  return ids
}

/** Those of the traces of which the store has not each span. */
function incomplete(ids: readonly string[], { spans }: OtlpSink): readonly string[] {
  return ids.filter((id) => new Set(spans.filter(({ traceId }) => traceId === id).map(({ name }) => name)).size < SPANS)
}

async function spansTaken({ metricsUrl }: Collector): Promise<number> {
  const text = await (await fetch(metricsUrl)).text()
  return Number(/^otelcol_receiver_accepted_spans\S*\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0)
}

/** Waits until both have partitions. */
async function bothRead({ tier1, tier2 }: Tiers): Promise<void> {
  const taken = await eventually(
    async () => {
      await sendProbes(tier1)
      return Promise.all(tier2.map(spansTaken))
    },
    (all) => all.every((spans) => spans > 0),
  )
  assert.ok(Math.min(...taken) > 0, `${taken.join(' and ')} spans`)
}

function sendProbes({ otlpUrl }: Collector): Promise<void> {
  return sendOtlp(otlpUrl, { spans: Array.from({ length: 50 }, () => ({ name: 'probe' })) })
}

interface Tiers {
  readonly kafka: Kafka
  readonly tier1: Collector
  readonly tier2: readonly Collector[]
  readonly sink: OtlpSink
}

interface TierOptions {
  /** Of tier 1. */
  readonly config?: string
  /** The share of what did not fail. */
  readonly percentage?: string
}

/** The scale profile, with a sink in place of the stores. */
async function startTiers(
  t: TestContext,
  { config = 'scale-tier1.yaml', percentage = '0' }: TierOptions = {},
): Promise<Tiers> {
  const sink = await startOtlpSink()
  const kafka = await startKafka(t)
  const stores = { JAEGER_ENDPOINT: sink.url, LOGS_ENDPOINT: sink.url, METRICS_ENDPOINT: sink.url }
  const env = { ...stores, KAFKA_BROKER: kafka.broker, SAMPLING_PERCENTAGE: percentage, DECISION_WAIT: '5s' }
  const tier1 = await startCollector(t, { config, env })
  // The first spans make the topic.
  await sendProbes(tier1)
  const tier2: Collector[] = []
  for (let count = 0; count < 2; count++) tier2.push(await startCollector(t, { config: 'scale-tier2.yaml', env }))
  t.after(() => sink.close())
  return { kafka, tier1, tier2, sink }
}
