// SPDX-License-Identifier: Apache-2.0
import { Agent, request } from 'node:http'
import { quantile } from '../statistics.ts'

/** Requests at a fixed rate, each at its own time, whether or not the one before was answered. */
export interface PacedOrder {
  readonly url: string
  readonly perSecond: number
  readonly seconds: number
}

/** How long the answers took. */
export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failed: number
}

/** Sends them. autocannon sends the requests of a second in one burst at its beginning, which measures the burst. */
export async function runPaced({ url, perSecond, seconds }: PacedOrder): Promise<Latency> {
  const agent = new Agent({ keepAlive: true })
  const latencies: number[] = []
  let failed = 0
  const begun = performance.now()
  const one = () =>
    new Promise<void>((resolve) => {
      const sent = performance.now()
      const settle = (isFailure: boolean) => {
        if (isFailure) failed += 1
        else latencies.push(performance.now() - sent)
        resolve()
      }
      request(url, { agent }, (response) => {
        response.resume().once('end', () => settle(response.statusCode !== 200))
      })
        .once('error', () => settle(true))
        .end()
    })
  const pending: Promise<void>[] = []
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = begun + (index * 1000) / perSecond - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    pending.push(one())
  }
  await Promise.all(pending)
  agent.destroy()
  return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), failed }
}
