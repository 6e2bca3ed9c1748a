// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Exit, type Preload, runApp } from '../support/run-app.ts'

interface Case {
  readonly ending: string
  /** Sent one after the other as soon as the application is ready. */
  readonly signals?: readonly NodeJS.Signals[]
  readonly exit: Exit
}

const code = (n: number): Exit => ({ code: n, signal: null })
const by = (signal: NodeJS.Signals): Exit => ({ code: null, signal })

const CASES: readonly Case[] = [
  { ending: 'natural', exit: code(0) },
  { ending: 'exit-code', exit: code(5) },
  { ending: 'exit', exit: code(6) },
  { ending: 'exit-in-exit', exit: code(7) },
  { ending: 'before-exit', exit: code(0) },
  { ending: 'throw', exit: code(1) },
  { ending: 'reject', exit: code(1) },
  { ending: 'caught', exit: code(8) },
  { ending: 'default', signals: ['SIGTERM'], exit: by('SIGTERM') },
  { ending: 'default', signals: ['SIGINT'], exit: by('SIGINT') },
  { ending: 'default', signals: ['SIGHUP'], exit: by('SIGHUP') },
  { ending: 'default', signals: ['SIGUSR2'], exit: by('SIGUSR2') },
  { ending: 'default', signals: ['SIGTERM', 'SIGTERM'], exit: by('SIGTERM') },
  { ending: 'handler', signals: ['SIGTERM'], exit: code(9) },
  { ending: 'handler', signals: ['SIGINT'], exit: by('SIGINT') },
  { ending: 'late', signals: ['SIGTERM'], exit: code(10) },
  { ending: 'once', signals: ['SIGTERM'], exit: code(11) },
  { ending: 'once-reraise', signals: ['SIGTERM'], exit: by('SIGTERM') },
  { ending: 'removed', signals: ['SIGTERM'], exit: by('SIGTERM') },
  { ending: 'removed-all', signals: ['SIGTERM'], exit: by('SIGTERM') },
  { ending: 'removed-then-handler', signals: ['SIGTERM'], exit: code(13) },
  { ending: 'ignore', signals: ['SIGTERM', 'SIGUSR2'], exit: code(14) },
  { ending: 'signal-exit', signals: ['SIGTERM'], exit: by('SIGTERM') },
]

async function run({ ending, signals = [] }: Case, preload: Preload | undefined, t: TestContext) {
  const app = await runApp({
    fixture: 'exit-code.cjs',
    args: [ending],
    // With nobody there, flushing takes as long as it may.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', CORRELATION_SHUTDOWN_TIMEOUT_MS: '300' },
    // With any `--import` Node names another column of the file that threw.
    nodeArgs: ['--import', 'data:text/javascript,'],
    serve: signals.length > 0,
    t,
    ...(preload && { preload }),
  })
  for (const signal of signals) {
    process.kill(app.pid, signal)
    if (ending === 'ignore' && signal === 'SIGTERM') await app.waitForLogs(1)
  }
  return { exit: await app.exited, stdout: app.logs, stderr: app.stderr.replaceAll(/\n\s+at .*/g, '') }
}

// One that counts its listeners must find no other: the design says why ours steps aside.
describe('how the application ends', { concurrency: 2 }, () => {
  for (const one of CASES) {
    const { ending, signals = [], exit } = one
    it(`stays the same: ${ending} ${signals.join(' ')}`, async (t) => {
      const [without, ours] = [await run(one, 'none', t), await run(one, undefined, t)]
      assert.deepEqual(without.exit, exit)
      assert.deepEqual(ours, without)
    })
  }
})
