// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { CLI, NODE, runIn, startRun } from '../support/correlation-run.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { ROOT } from '../support/run-command.ts'

const fixture = (name: string) => path.join(ROOT, 'test/fixtures/run', name)
const HANDLED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
const DEADLY = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR2'] as const

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

// The harness hands each signal to `correlation run` alone.
describe('a signal to correlation run', { concurrency: 2 }, () => {
  for (const signal of HANDLED) {
    it(`reaches the command, which exits as it likes: ${signal}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await startRun(['--id', 'order-1', '--', NODE, fixture('signals.cjs'), 'handled'], { t, sink })
      const code = 20 + constants.signals[signal]
      assert.deepEqual(await app.stop(signal), { code, signal: null })
      assert.equal(isAlive(app.port), false, 'the fixture prints its process ID')
      assert.equal(sink.spans[0]?.attributes['process.exit.code'], code)
    })
  }

  for (const signal of DEADLY) {
    it(`ends both in the same way where the command does not handle it: ${signal}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await startRun(['--', NODE, fixture('signals.cjs')], { t, sink })
      assert.deepEqual(await app.stop(signal), { code: null, signal })
      assert.equal(isAlive(app.port), false)
      assert.equal(sink.spans[0]?.attributes['error.type'], signal)
    })

    it(`does so without telemetry: ${signal}`, async (t) => {
      const env = { OTEL_TRACES_EXPORTER: 'none' }
      const app = await startRun(['--', NODE, fixture('signals.cjs')], { t, env })
      assert.deepEqual(await app.stop(signal), { code: null, signal })
    })
  }

  it('is for the command also while it has not asked for any: the run does not end before it', async (t) => {
    const env = { OTEL_TRACES_EXPORTER: 'none' }
    const app = await startRun(
      ['--', 'sh', '-c', `trap 'exit 7' TERM; echo '{"listening":1}'; while :; do sleep 0.1; done`],
      { t, env },
    )
    assert.deepEqual(await app.stop('SIGTERM'), { code: 7, signal: null })
  })
})

const { SIGINT } = constants.signals
const python = spawnSync('python3', ['--version']).status === 0

describe('Ctrl-C in a terminal', { skip: !python && 'there is no python3' }, () => {
  for (const [title, command, code] of [
    ['reaches a command once, which exits as it likes', [NODE, fixture('counts-interrupts.cjs')], 5],
    ['ends a command that does not handle it, and the run with it', [NODE, fixture('signals.cjs')], -SIGINT],
  ] as const) {
    it(title, () => {
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], OTEL_TRACES_EXPORTER: 'none' }
      const run = [NODE, CLI, 'run', '--id', 'order-1', '--', ...command]
      const { stdout, stderr } = runIn(env, 'python3', [fixture('terminal.py'), ...run])
      assert.equal(stderr, '')
      const seen = JSON.parse(stdout) as { readonly output: string; readonly code: number }
      assert.equal(seen.code, code, seen.output)
      assert.match(seen.output, /correlation ID: order-1/)
      if (code > 0) assert.match(seen.output, /\{"interrupts":1\}/)
    })
  }
})
