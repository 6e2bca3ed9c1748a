// SPDX-License-Identifier: Apache-2.0
import http from 'node:http'
import type { TestContext } from 'node:test'
import type { OtlpSink } from './otlp-sink.ts'
import { type App, type Exit, type Preload, runApp } from './run-app.ts'

/** A way for `fixtures/exits.cjs` to end. */
export interface Ending {
  readonly title: string
  /** Arguments of the fixture: the ending, and where the server runs. */
  readonly args: readonly [ending: string, where?: 'main' | 'thread' | 'cluster']
  readonly signal?: NodeJS.Signals
  readonly exit: Exit
  /** How the worker ended, as the fixture says it. */
  readonly worker?: Partial<Exit>
}

const code = (n: number): Exit => ({ code: n, signal: null })
const by = (signal: NodeJS.Signals): Exit => ({ code: null, signal })

/** Every way in which no span of an answered request may be lost. */
export const ENDINGS: readonly Ending[] = [
  { title: 'a natural end', args: ['close'], exit: code(0) },
  { title: 'a natural end with an exit code', args: ['close-code'], exit: code(3) },
  { title: 'SIGTERM that nobody handles', args: ['none'], signal: 'SIGTERM', exit: by('SIGTERM') },
  { title: 'SIGINT that nobody handles', args: ['none'], signal: 'SIGINT', exit: by('SIGINT') },
  { title: 'a signal the application sends itself', args: ['signal-self'], exit: by('SIGTERM') },
  { title: 'SIGTERM, closed and exited', args: ['graceful-exit'], signal: 'SIGTERM', exit: code(3) },
  { title: 'SIGINT, closed and exited', args: ['graceful-exit'], signal: 'SIGINT', exit: code(3) },
  { title: 'SIGTERM, closed to a natural end', args: ['graceful'], signal: 'SIGTERM', exit: code(0) },
  { title: 'process.exit() right after the answer', args: ['exit'], exit: code(3) },
  { title: "process.exit() in a listener of 'finish'", args: ['finish-exit'], exit: code(3) },
  { title: 'an uncaught exception right after the answer', args: ['throw'], exit: code(1) },
  { title: 'an unhandled rejection right after the answer', args: ['reject'], exit: code(1) },
  { title: 'process.exit() in a worker thread', args: ['exit', 'thread'], exit: code(0), worker: { code: 3 } },
  { title: 'the natural end of a worker thread', args: ['close', 'thread'], exit: code(0), worker: { code: 0 } },
  { title: 'SIGTERM beside a worker thread', args: ['none', 'thread'], signal: 'SIGTERM', exit: by('SIGTERM') },
  { title: 'a handler beside a worker thread', args: ['main-handler', 'thread'], signal: 'SIGTERM', exit: code(3) },
  { title: 'process.exit() beside a worker thread', args: ['main-exit', 'thread'], exit: code(3) },
  {
    title: 'process.exit() in a cluster worker',
    args: ['exit', 'cluster'],
    exit: code(0),
    worker: { code: 3, signal: null },
  },
]

/** What {@link runToItsEnd} needs beside the ending. */
export interface ExitOptions {
  readonly t: TestContext
  readonly sink?: Pick<OtlpSink, 'url'>
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly preload?: Preload
  readonly requests?: number
}

/** Starts the fixture, sends it requests, ends it, and tells how it ended and how long that took. */
export async function runToItsEnd(
  ending: Ending,
  { t, sink, env, preload, requests = 3 }: ExitOptions,
): Promise<{ readonly app: App; readonly exit: Exit; readonly ms: number }> {
  const [name, where = 'main'] = ending.args
  const app = await runApp({
    fixture: 'exits.cjs',
    args: [name, where, String(requests)],
    t,
    // The queue is sent by the exit alone, not by a timer that happens to run.
    env: { OTEL_BSP_SCHEDULE_DELAY: '60000', ...env },
    ...(sink && { sink }),
    ...(preload && { preload }),
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 20 })
  t.after(() => agent.destroy())
  const most = Array.from({ length: requests - 1 }, () => app.request('/', { agent }))
  await Promise.all(most)
  const begin = performance.now()
  // Where the application exits at once, the answer need not have left.
  await app.request('/').catch(() => undefined)
  const exit = await (ending.signal === undefined ? app.exited : app.stop(ending.signal))
  return { app, exit, ms: performance.now() - begin }
}
