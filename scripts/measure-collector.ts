// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Collector, startCollector } from '../test/support/start-collector.ts'
import { startJaeger } from '../test/support/start-jaeger.ts'
import { startKafka } from '../test/support/start-kafka.ts'
import { createTraces, SPANS_IN_A_REQUEST } from './measure-collector/create-traces.ts'
import { bytesIn, cpuSecondsOf, memoryOf } from './measure-collector/process-usage.ts'

/**
 * `node scripts/measure-collector.ts [<millions of spans>]`: what the configurations cost for each span, in processor time (which, unlike
 * throughput, does not depend on what else the machine does), in memory and on disk. The table in otel-collector/README.md is from here.
 */
const REQUESTS = Math.round((Number(process.argv[2] ?? 1) * 1_000_000) / SPANS_IN_A_REQUEST)
const SPANS = REQUESTS * SPANS_IN_A_REQUEST
const IN_FLIGHT = 4
/** Until what waits for a decision is decided and sent. */
const SETTLE_MS = 20_000

type Environment = Readonly<Record<string, string>>
type Measured = Pick<Collector, 'pid' | 'otlpUrl' | 'folder' | 'stop'>
type What = 'processor time' | 'memory' | 'disk'

const stops: (() => unknown)[] = []
const owner = { after: (stop: () => unknown) => void stops.push(stop) }
const { body, newIds } = createTraces()

try {
  const sink = await startVoid()
  const large = { MEMORY_LIMIT_MIB: '8000', MEMORY_SPIKE_MIB: '1000', TRACES_IN_MEMORY: '2000000' }
  const stores = { JAEGER_ENDPOINT: sink, LOGS_ENDPOINT: sink, METRICS_ENDPOINT: sink, GATEWAY_ENDPOINT: sink }
  const collector = (config: string, env: Environment = {}) =>
    startCollector(owner, { config, env: { ...large, ...stores, ...env } })
  const gateway = (env: Environment = {}) => collector('gateway.yaml', env)
  const all = { SAMPLING_PERCENTAGE: '100' }

  console.log(
    `${SPANS} spans each, ten in a trace, ${Math.round(body.length / SPANS_IN_A_REQUEST)} bytes a span in OTLP\n`,
  )
  await measure('`agent.yaml`', 'processor time', await collector('agent.yaml'))
  await measure('`gateway.yaml`, one trace in ten kept', 'processor time', await gateway())
  await measure('`gateway.yaml`, every trace kept', 'processor time', await gateway(all))
  await measure('`gateway.yaml`, every trace waiting', 'memory', await gateway({ ...all, DECISION_WAIT: '10m' }))
  await measure(
    '`gateway.yaml`, every trace in the queue',
    'disk',
    await gateway({ ...all, JAEGER_ENDPOINT: 'http://127.0.0.1:1' }),
  )
  const behind = await gateway()
  const direct = { GATEWAY_HOSTNAME: '127.0.0.1', GATEWAY_PORT: `${behind.grpcPort}` }
  await measure('`scale-tier1-direct.yaml`', 'processor time', await collector('scale-tier1-direct.yaml', direct))
  await behind.stop()
  const kafka = await startKafka(owner)
  const tiers = { KAFKA_BROKER: kafka.broker }
  await measure('`scale-tier1.yaml`', 'processor time', await collector('scale-tier1.yaml', tiers))
  const tier2 = await collector('scale-tier2.yaml', tiers)
  await measure('`scale-tier2.yaml`, one trace in ten kept', 'processor time', tier2, () => allRead(tier2))
  await kafka.stop()
  const badger = await startJaeger(owner, { config: 'jaeger-badger.yaml' })
  await measure('`jaeger-badger.yaml`', 'processor time', badger)
  printRow('`jaeger-badger.yaml`', 'disk', `${Math.round(bytesIn(badger.folder) / SPANS)} bytes`)
} finally {
  for (const stop of stops) await stop()
}

/** Has it take all spans, prints a row of the table, and stops it. */
async function measure(name: string, what: What, program: Measured, take = () => send(program.otlpUrl)): Promise<void> {
  const [idle, empty] = [cpuSecondsOf(program.pid), memoryOf(program.pid)]
  await take()
  await sleep(SETTLE_MS)
  const microseconds = ((cpuSecondsOf(program.pid) - idle) * 1e6) / SPANS
  const figures = {
    'processor time': `${microseconds.toFixed(0)} µs: ${Math.round(1e3 / microseconds)} thousand spans/s by one core`,
    memory: `${Math.round((memoryOf(program.pid) - empty) / SPANS)} bytes`,
    disk: `${Math.round(bytesIn(program.folder) / SPANS)} bytes`,
  }
  printRow(name, what, figures[what])
  await program.stop()
}

function printRow(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}

/** Waits until a collector has read everything from Kafka. */
async function allRead({ metricsUrl }: Collector): Promise<void> {
  for (;;) {
    const text = await (await fetch(metricsUrl)).text()
    if (Number(/^otelcol_receiver_accepted_spans\S*\{[^}]*\} (\S+)$/m.exec(text)?.[1] ?? 0) >= SPANS) return
    await sleep(200)
  }
}

/** Sends the same spans again and again, under new IDs each time. */
async function send(otlpUrl: string): Promise<void> {
  let left = REQUESTS
  const worker = async () => {
    while (left-- > 0) {
      const request = Buffer.from(body)
      newIds(request, randomFillSync)
      await sendOnce(otlpUrl, request)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

async function sendOnce(otlpUrl: string, request: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' }
  for (;;) {
    const answer = await fetch(`${otlpUrl}/v1/traces`, { method: 'POST', headers, body: new Uint8Array(request) })
    await answer.arrayBuffer()
    if (answer.ok) return
    // Refused for want of memory: as a service does, later.
    await sleep(200)
  }
}

/** Takes everything and looks at nothing. */
async function startVoid(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  owner.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
