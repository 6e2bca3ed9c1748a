// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type OtlpSink, startOtlpSink } from '../../test/support/otlp-sink.ts'
import { createOtlpForwarder } from './otlp-forwarder.ts'
import { printable, renderTimeline } from './render.ts'
import { DEMO_REQUESTS, type DemoRequest } from './requests.ts'
import { queueProblem, SERVICE_NAMES, type Services, startServices } from './services.ts'
import { buildTimeline, hasJob, idsOf, servicesOf, type Timeline } from './timeline.ts'

const SPANS_TIMEOUT_MS = 4_000
const A_DAY_MS = 24 * 60 * 60 * 1000
const JAEGER_URL = 'http://localhost:16686'

interface Answered {
  readonly request: DemoRequest
  readonly status: number
  /** The ID that the answer names. */
  readonly id: string | undefined
}

const { values: flags } = parseArgs({
  options: { 'without-preload': { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
})
process.exitCode = await main()

async function main(): Promise<number> {
  const problem = queueProblem()
  if (problem !== undefined) {
    console.log(problem)
    return 1
  }
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  const forwarder = endpoint ? createOtlpForwarder(endpoint) : undefined
  await using sink = await startOtlpSink(forwarder && { onRequest: forwarder.forward })
  const services = await startServices(sink, flags['without-preload'] ? 'none' : 'import')
  try {
    return await Promise.race([play(sink, services), interrupted.then(() => (flags.keep ? 0 : 130))])
  } finally {
    await services.stop()
    const problems = (await forwarder?.settled()) ?? []
    if (problems.length > 0) console.log(`Not everything reached ${endpoint}: ${problems.join('; ')}.`)
  }
}

async function play(sink: OtlpSink, services: Services): Promise<number> {
  const answered = await sendRequests(services)
  await spansArrived(sink, answered)
  const timelines = answered.map(({ id, request }) =>
    // An answer without an ID leaves the client with the one it sent.
    buildTimeline(id ?? request.headers['x-correlation-id'] ?? '', sink.spans, services.lines()),
  )
  for (const [index, timeline] of timelines.entries()) printRequest(index + 1, answered[index] as Answered, timeline)
  const code = printVerdict(timelines, answered)
  if (flags.keep) await showWhatElseComes(sink, services)
  return code
}

async function sendRequests({ shop }: Services): Promise<readonly Answered[]> {
  const answered: Answered[] = []
  for (const request of DEMO_REQUESTS) {
    const { status, headers } = await shop.request(request.path, { headers: request.headers })
    const id = headers['x-correlation-id']
    answered.push({ request, status, id: typeof id === 'string' ? id : undefined })
  }
  return answered
}

/** What is sold has a receipt, which is printed by a job. */
function wantsJob({ status }: Answered): boolean {
  return status === 200
}

/** Waits for the server span of each service for each request, which ends last and so is sent after all others, and for the jobs. */
async function spansArrived(sink: OtlpSink, answered: readonly Answered[]): Promise<void> {
  if (flags['without-preload']) return
  const hasSpan = (id: string | undefined, kind: string, service: string) =>
    sink.spans.some(
      (span) =>
        span.kind === kind && span.attributes['correlation.id'] === id && span.resource['service.name'] === service,
    )
  const complete = () =>
    answered.every(
      (one) =>
        SERVICE_NAMES.every((name) => hasSpan(one.id, 'SERVER', name)) &&
        (!wantsJob(one) || hasSpan(one.id, 'CONSUMER', 'shop')),
    )
  // What did not come is missing in the timelines, and the verdict says so.
  await sink.waitForSpans(complete, SPANS_TIMEOUT_MS).catch(() => {})
}

function printRequest(number: number, { request, status, id }: Answered, timeline: Timeline): void {
  const sent = request.headers['x-correlation-id']
  console.log(`${number}. ${request.title}`)
  console.log(`   GET ${request.path}${sent === undefined ? '' : `   x-correlation-id: ${sent}`}`)
  console.log(`   answered ${status}${id === undefined ? ', no ID' : `, ID ${printable(id)}`}\n`)
  console.log(`${renderTimeline(timeline)}\n`)
}

function printVerdict(timelines: readonly Timeline[], answered: readonly Answered[]): number {
  if (timelines.every(({ entries }) => entries.length === 0)) {
    const why = flags['without-preload'] ? ': the services ran without `--import @org/correlation/register`' : ''
    console.log(`Nothing was correlated${why}.`)
    return 1
  }
  const gaps = timelines.flatMap((timeline, index) => {
    const lacksJob = wantsJob(answered[index] as Answered) && !hasJob(timeline)
    const services = SERVICE_NAMES.filter((name) => !servicesOf(timeline).has(name))
    const missing = lacksJob ? [...services, 'its job'] : services
    return missing.length === 0 ? [] : [`request ${index + 1} has nothing of ${missing.join(' and ')}`]
  })
  if (gaps.length > 0) console.log(`The correlation has gaps: ${gaps.join('; ')}.\n`)
  printJaeger(timelines.at(-1)?.id ?? '')
  return gaps.length > 0 ? 1 : 0
}

function printJaeger(id: string): void {
  const tags = encodeURIComponent(JSON.stringify({ 'correlation.id': id }))
  console.log(`To look an ID up in Jaeger, search for the tag correlation.id=${id}:
  ${JAEGER_URL}/search?service=shop&tags=${tags}
To have these spans there: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 npm run demo`)
}

/** Leaves the services up and prints the timeline of each further request, until Ctrl-C. */
async function showWhatElseComes(sink: OtlpSink, { shop, lines }: Services): Promise<never> {
  console.log(`
The services are up; Ctrl-C ends them. Try:
  curl -i ${shop.url}/checkout/tea
  curl -i ${shop.url}/checkout/tea -H 'x-correlation-id: my-own-id'
  curl -i ${shop.url}/checkout/gold-plated-kettle
`)
  for (let shown = sink.spans.length; ; ) {
    await sink.waitForSpans((spans) => spans.length > shown, A_DAY_MS)
    // The services send every 50 ms: by now the rest is on its way.
    await sleep(500)
    const ids = idsOf(sink.spans.slice(shown))
    shown = sink.spans.length
    for (const id of ids) console.log(`${printable(id)}\n${renderTimeline(buildTimeline(id, sink.spans, lines()))}\n`)
  }
}
