// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './run-command.ts'
import type { User } from './unprivileged-user.ts'

/** How it is seen that a program serves: by an address that then answers 200, or by what it then writes. */
type Sign = { readonly readyUrl: string } | { readonly readyText: string }

export type ProgramOptions = Sign & {
  /** For messages. */
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  /** Beside `PATH`, the whole environment. */
  readonly env: Readonly<Record<string, string>>
  /** By default the repository. */
  readonly cwd?: string
  /** By default ourselves. */
  readonly user?: User
}

/** What ends with the program: a test, or a script that calls these functions itself. */
export interface Owner {
  after(stop: () => unknown): void
}

export interface RunningProgram {
  /** Zero while it is stopped. */
  readonly pid: number
  /** Standard output and error of all its runs. */
  readonly output: string
  /** Starts it again after a stop, and waits until it serves. */
  start(): Promise<void>
  /** Sends the signal (SIGTERM by default) and waits for the end; after 30 s it kills. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 50

/** Starts a real program, which ends with the test. */
export async function startProgram(t: Owner, options: ProgramOptions): Promise<RunningProgram> {
  const { name, path, args, env, cwd = ROOT, user } = options
  let child: ChildProcess | undefined
  let exited: Promise<unknown> = Promise.resolve()
  let output = ''

  async function start(): Promise<void> {
    if (child !== undefined) throw new Error(`${name} runs already.`)
    const started = spawn(path, args, { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe', ...user })
    const collect = (chunk: Buffer) => {
      output += chunk
    }
    started.stdout.on('data', collect)
    started.stderr.on('data', collect)
    exited = new Promise((resolve) => {
      started.on('error', (error) => {
        output += error.message
      })
      started.on('close', resolve)
    }).then(() => {
      child = undefined
    })
    child = started
    await ready(output.length)
  }

  async function ready(from: number): Promise<void> {
    const serves = () => ('readyUrl' in options ? answers(options.readyUrl) : output.includes(options.readyText, from))
    const deadline = Date.now() + START_TIMEOUT_MS
    while (child !== undefined && Date.now() < deadline) {
      if (await serves()) return
      await sleep(POLL_MS)
    }
    const what = child === undefined ? 'ended' : `did not serve in ${START_TIMEOUT_MS} ms`
    throw new Error(`${name} ${what}. It wrote:\n${output}`)
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const stopping = child
    stopping?.kill(signal)
    const timer = setTimeout(() => stopping?.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(timer)
  }

  t.after(() => stop('SIGKILL'))
  await start()
  return {
    get pid() {
      return child?.pid ?? 0
    },
    get output() {
      return output
    },
    start,
    stop,
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url)
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
