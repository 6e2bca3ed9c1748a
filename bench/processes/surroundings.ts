// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import { BENCH } from '../folders.ts'
import { type Child, startChild } from './child.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { Latency, PacedOrder } from './paced-load.ts'

/** What the sink has got since it was last told to begin anew. */
export interface Exported {
  readonly bytes: number
  readonly requests: number
  readonly spans: number
  /** `http.route` of each server span; null where it is absent. */
  readonly routes: readonly (string | null)[]
}

/** The processes around the app: the load generator, the service it calls, the collector. They live as long as the run. */
export interface Surroundings extends AsyncDisposable {
  readonly downstreamUrl: string
  readonly sinkUrl: string
  load(order: LoadOrder): Promise<LoadResult>
  loadPaced(order: PacedOrder): Promise<Latency>
  /** The headers of the last request that the downstream got, and how many there were. */
  downstreamSaw(): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly count: number }>
  /** What the sink got; with `keep`, begins anew and keeps bodies (true) or counts bytes only (false). */
  exported(keep?: boolean): Promise<Exported>
}

export async function startSurroundings(): Promise<Surroundings> {
  const start = (name: string): Child =>
    startChild({
      args: [path.join(BENCH, 'processes', name)],
      cwd: BENCH,
      env: { PATH: process.env['PATH'] ?? '' },
      stdout: 'ignore',
    })
  const children = { load: start('load.ts'), downstream: start('downstream.ts'), sink: start('sink.ts') }
  const urlOf = async (child: Child) => {
    const { port } = await child.receive<{ readonly port: number }>('listening')
    return `http://127.0.0.1:${port}`
  }
  const [, downstreamUrl, sinkUrl] = await Promise.all([
    urlOf(children.load),
    urlOf(children.downstream),
    urlOf(children.sink),
  ])
  return {
    downstreamUrl,
    sinkUrl,
    load: (order) => children.load.ask<LoadResult>(order, 'loaded'),
    loadPaced: (order) => children.load.ask<Latency>(order, 'loaded'),
    downstreamSaw: () => children.downstream.ask({}, 'seen'),
    exported: (keep) => children.sink.ask<Exported>(keep === undefined ? {} : { keep }, 'seen'),
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(children).map((child) => child.stop()))
    },
  }
}
