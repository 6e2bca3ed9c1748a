// SPDX-License-Identifier: Apache-2.0
import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpanKind, trace } from '@opentelemetry/api'

const { REDIS_URL } = process.env
const LATER_MS = 20

/** Gives what queues a receipt, to be printed after the customer has the answer: by BullMQ where there is a Redis, or else by this process. */
export async function openReceipts(log) {
  async function print({ item, price }) {
    log.info(`printing the receipt of ${item}`)
    await sleep(3)
    log.info(`receipt: ${item} for ${price}`)
  }
  return REDIS_URL ? await openBullmq(print, log) : openOwnQueue(print, log)
}

/** Nothing here knows of IDs and traces. */
async function openBullmq(print, log) {
  const { Queue, Worker } = await import('bullmq')
  const connection = { url: REDIS_URL, maxRetriesPerRequest: null }
  const queue = new Queue('receipts', { connection, defaultJobOptions: { removeOnComplete: true } })
  const worker = new Worker('receipts', (job) => print(job.data), { connection })
  for (const each of [queue, worker]) each.on('error', (error) => log.error(`the queue: ${error.message}`))
  return (sale) => queue.add('print', sale)
}

/** A queue of one's own, one job after the other: each takes the context of its request along, and has a trace that is linked to it. */
function openOwnQueue(print, log) {
  const tracer = trace.getTracer('receipts')
  const jobs = []
  let isBusy = false

  async function work() {
    if (isBusy) return
    isBusy = true
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job()
    isBusy = false
  }

  return (sale) => {
    const request = trace.getActiveSpan()?.spanContext()
    const options = { kind: SpanKind.CONSUMER, root: true, links: request === undefined ? [] : [{ context: request }] }
    const job = () =>
      tracer.startActiveSpan('process receipts', options, (span) =>
        print(sale)
          .catch((error) => log.error(error.message))
          .finally(() => span.end()),
      )
    jobs.push(AsyncResource.bind(job))
    setTimeout(work, LATER_MS)
  }
}
