// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Env } from '../config/env.ts'

/** How a command ended. */
export interface Ending {
  /** As shells count: 128 and the number for a signal, 126 or 127 where the command could not be started. */
  readonly exitCode: number
  /** What ended it from outside. */
  readonly signal?: NodeJS.Signals
  /** The code of the error where it could not be started, such as `ENOENT`. */
  readonly failure?: string
  readonly pid?: number
}

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** The terminal sends these to every process in its foreground; many programs take a second one for impatience. */
const OF_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT'])

/** Runs a command with our standard input, output and error, in our process group, and hands on the signals that we get. */
export function spawnCommand(command: string, args: readonly string[], env: Env): Promise<Ending> {
  return new Promise((resolve) => {
    let child: ChildProcess | undefined
    const hasTerminal = isatty(0) || isatty(1) || isatty(2)
    const forward = (signal: NodeJS.Signals) => {
      if (!(hasTerminal && OF_TERMINAL.has(signal))) child?.kill(signal)
    }
    // Before there is a child: from here on no signal ends us alone.
    for (const signal of FORWARDED) process.on(signal, forward)
    const settle = (ending: Ending) => {
      for (const signal of FORWARDED) process.removeListener(signal, forward)
      resolve(ending)
    }
    const fail = (error: unknown) => settle(failureOf(error))
    try {
      child = spawn(command, args, { stdio: 'inherit', env })
    } catch (error) {
      fail(error)
      return
    }
    const { pid } = child
    // It is also emitted for a signal that may not be sent; then the command goes on.
    child.on('error', (error) => {
      if (pid === undefined) fail(error)
    })
    child.on('exit', (code, signal) => {
      const ofProcess = pid === undefined ? {} : { pid }
      settle(
        signal === null
          ? { exitCode: code ?? 0, ...ofProcess }
          : { exitCode: 128 + constants.signals[signal], signal, ...ofProcess },
      )
    })
  })
}

function failureOf(error: unknown): Ending {
  const { code } = error as { readonly code?: unknown }
  const failure = typeof code === 'string' ? code : 'no reason known'
  return { exitCode: failure === 'ENOENT' ? 127 : 126, failure }
}
