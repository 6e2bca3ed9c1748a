// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

interface Message {
  readonly type: string
}

/** A process of the benchmark's, spoken to over IPC. */
export interface Child {
  readonly pid: number
  /** Waits for the next message of a type; fails when the process ends before. */
  receive<T>(type: string): Promise<T>
  /** Sends a message, and waits for the answer of a type. */
  ask<T>(message: object, type: string): Promise<T>
  /** What it wrote to standard error. */
  readonly stderr: string
  stop(): Promise<void>
}

const STOP_TIMEOUT_MS = 5_000
/** The longest that is waited for is 40,000 requests. */
const MESSAGE_TIMEOUT_MS = 300_000

export interface ChildOptions {
  readonly args: readonly string[]
  /** A program that runs Node, with its own arguments; none by default. */
  readonly under?: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** A file descriptor for standard output. */
  readonly stdout: number | 'ignore'
}

/** Starts Node with an IPC channel. */
export function startChild({ args, under = [], cwd, env, stdout }: ChildOptions): Child {
  const options: SpawnOptions = { cwd, env: { ...env }, stdio: ['ignore', stdout, 'pipe', 'ipc'] }
  const [command = process.execPath, ...rest] = [...under, process.execPath, ...args]
  const child = spawn(command, rest, options)
  const stderr: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const receive = <T>(type: string) => nextMessage<T>(child, type, () => stderr.join(''))
  return {
    pid: child.pid ?? 0,
    receive,
    ask(message, type) {
      const answer = receive<never>(type)
      child.send(message)
      return answer
    },
    get stderr() {
      return stderr.join('')
    },
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
    },
  }
}

function nextMessage<T>(child: ChildProcess, type: string, stderr: () => string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onMessage = (message: unknown) => {
      if ((message as Message).type !== type) return
      settle()
      resolve(message as T)
    }
    const onClose = (code: number | null) => {
      settle()
      reject(new Error(`The process ended (${code}) before it said "${type}". ${stderr().trim()}`))
    }
    const settle = () => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('close', onClose)
    }
    const timer = setTimeout(() => {
      settle()
      reject(new Error(`The process did not say "${type}" in time. ${stderr().trim()}`))
    }, MESSAGE_TIMEOUT_MS)
    child.on('message', onMessage)
    child.on('close', onClose)
    if (child.exitCode !== null) onClose(child.exitCode)
  })
}
