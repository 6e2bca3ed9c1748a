// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { programPath } from '../real/programs.ts'
import type { AccessEntry, ProxyPlace, ProxyProgram } from '../real/proxies.ts'
import { freePorts } from './free-ports.ts'
import { createProject } from './packed.ts'
import { ROOT } from './run-command.ts'

export interface ProxyOptions {
  readonly upstreamPort: number
  /** Any free one by default. */
  readonly port?: number
  /** Where it keeps what it keeps; by default a folder of its own that goes with it. */
  readonly folder?: string
  /** Changes the file before it is used: for what would be seen if a part of it were missing. */
  readonly change?: (text: string) => string
}

export interface RunningProxy extends AsyncDisposable {
  readonly proxy: ProxyProgram
  readonly port: number
  /** Everything it wrote: access log, standard output, standard error. */
  readonly written: string
  /** All lines of the access log so far. */
  entries(): readonly AccessEntry[]
  /** Waits for the line of a request, which may come after the answer. */
  entryOf(uri: string): Promise<AccessEntry>
}

const NOBODY = { uid: 65534, gid: 65534 } as const
const TIMEOUT_MS = 60_000
const POLL_MS = 20

/** The path of the file as users get it where its addresses are variables; a copy with other addresses where they are text. */
export function placeProxy(proxy: ProxyProgram, place: ProxyPlace, change = (text: string) => text): string {
  const original = path.join(ROOT, proxy.file)
  const text = readFileSync(original, 'utf8')
  let placed = change(text)
  for (const [documented, here] of proxy.replacements(place)) {
    if (!placed.includes(documented)) throw new Error(`${proxy.file} does not contain ${documented}.`)
    placed = placed.replaceAll(documented, here)
  }
  if (placed === text) return original
  const copy = path.join(place.folder, path.basename(proxy.file))
  writeFileSync(copy, placed)
  return copy
}

/** The whole environment of a proxy: where it keeps what it keeps is its own folder. */
export function proxyEnvironment(proxy: ProxyProgram, place: ProxyPlace): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], HOME: place.folder, ...proxy.env(place) }
}

/** Starts the real program with the file that users get, and resolves once it takes connections. */
export async function startProxy(proxy: ProxyProgram, options: ProxyOptions): Promise<RunningProxy> {
  const { upstreamPort, change } = options
  const program = programPath(proxy.name)
  const [free = 0] = await freePorts(1)
  const port = options.port ?? free
  const project = options.folder === undefined ? createProject(proxy.name) : undefined
  const folder = options.folder ?? project?.folder ?? ''
  const place = { port, upstreamPort, folder }
  let stdout = ''
  let stderr = ''
  let ended = false
  // A group of its own: nginx leaves its workers behind when it is killed.
  const args = proxy.runArgs(placeProxy(proxy, place, change))
  const identity = proxy.byNobody && process.getuid?.() === 0 ? NOBODY : undefined
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)
  const child = spawn(program, args, {
    ...identity,
    cwd: folder,
    env: proxyEnvironment(proxy, place),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      stderr += error.message
    })
    child.on('close', () => {
      ended = true
      resolve()
    })
  })
  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nobody is left.
    }
  }
  process.once('exit', killGroup)

  async function dispose(): Promise<void> {
    child.kill('SIGTERM')
    await Promise.race([exited, sleep(TIMEOUT_MS, undefined, { ref: false })])
    killGroup()
    process.off('exit', killGroup)
    await exited
    project?.[Symbol.dispose]()
  }

  async function until<T>(what: string, found: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + TIMEOUT_MS
    while (!ended && Date.now() < deadline) {
      const value = await found()
      if (value !== undefined) return value
      await sleep(POLL_MS)
    }
    throw new Error(`${proxy.name} ${ended ? 'ended before' : `had after ${TIMEOUT_MS} ms not`} ${what}.\n${written()}`)
  }

  const accessLog = proxy.accessLog === undefined ? undefined : path.join(folder, proxy.accessLog)
  const accessLines = () => {
    if (accessLog === undefined) return stdout
    return existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : ''
  }
  const written = () => (accessLog === undefined ? '' : accessLines()) + stdout + stderr

  function entries(): readonly AccessEntry[] {
    const text = accessLines()
    // The last line may not be complete.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
    return lines.filter(Boolean).flatMap((line) => proxy.entryOf(JSON.parse(line)) ?? [])
  }

  try {
    await until('a listening port', async () => ((await connects(port)) ? true : undefined))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    proxy,
    port,
    get written() {
      return written()
    },
    entries,
    entryOf: (uri) => until(`a line for ${uri}`, () => entries().find((entry) => entry.uri === uri)),
    [Symbol.asyncDispose]: dispose,
  }
}

async function connects(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
