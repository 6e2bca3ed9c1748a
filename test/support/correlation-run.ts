// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { OtlpSink } from './otlp-sink.ts'
import { type App, runApp } from './run-app.ts'
import { ROOT } from './run-command.ts'

/** The bin, as it was built. */
export const CLI = path.join(ROOT, 'dist/cli.cjs')
export const NODE = process.env['CORRELATION_TEST_NODE'] ?? process.execPath

/** How a command ended, and what it wrote. */
export interface CommandEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Runs a program to its end, in this environment and no other. */
export function runIn(env: Environment, program: string, args: readonly string[], input?: string): CommandEnd {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    encoding: 'utf8',
    // What a program does not read before it ends is an error of its caller.
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    timeout: 60_000,
  })
  if (error !== undefined) throw error
  return { code: status, signal, stdout, stderr }
}

/** Without a collector: nothing is exported. */
export const QUIET_ENV = { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' } as const

/** Runs `correlation run` with these arguments, to its end. */
export function correlationRun(args: readonly string[], env: Environment = {}, input?: string): CommandEnd {
  return runIn({ ...QUIET_ENV, ...env }, NODE, [CLI, 'run', ...args], input)
}

/** Starts `correlation run` in the background; by default until its command is up, which prints `{"listening":…}`. */
export function startRun(
  args: readonly string[],
  options: { t: TestContext; env?: Environment; sink?: Pick<OtlpSink, 'url'>; serve?: boolean },
): Promise<App> {
  return runApp({ ...options, fixture: CLI, args: ['run', ...args], preload: 'none' })
}
