// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RequestOptions, type Response, request } from './http-request.ts'
import type { OtlpSink, Wanted } from './otlp-sink.ts'

/** How the package gets into the child. */
export type Preload = 'import' | 'require' | 'node-options' | 'none'

export interface RunAppOptions {
  /** By default Node; another one gets no preload. `nodeArgs` come before the fixture here as well. */
  readonly program?: string
  /** A file in `test/fixtures/`, or an absolute path. */
  readonly fixture: string
  /** Arguments of the fixture. */
  readonly args?: readonly string[]
  /** Arguments of node, before the preload. */
  readonly nodeArgs?: readonly string[]
  /** The whole environment beside `PATH` and the defaults below; undefined takes a default away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** By default `CORRELATION_TEST_PRELOAD`, or else `import`. */
  readonly preload?: Preload
  /** By default the repository, so that the package's own name resolves to it. */
  readonly cwd?: string
  /** Where the child sends its telemetry. */
  readonly sink?: Pick<OtlpSink, 'url'>
  /** False for a script: resolves when the child has ended. */
  readonly serve?: boolean
  /** Called with each line of standard output. */
  readonly onLine?: (line: string) => void
  /** Stops the child when this test ends. Without it, use `await using`. */
  readonly t?: TestContext
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A line of the log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>

export interface App {
  /** Zero when `serve` is false. */
  readonly port: number
  readonly url: string
  readonly pid: number
  /** All lines so far. */
  readonly stdout: readonly string[]
  readonly stderr: string
  /** The lines of stdout that are JSON objects, without the one that names the port. */
  readonly logs: readonly LogLine[]
  readonly exited: Promise<Exit>
  request(path: string, options?: RequestOptions): Promise<Response>
  /** Log lines reach us after the response: waits until there are `n`, or until the predicate holds. */
  waitForLogs(wanted: Wanted<LogLine>, timeoutMs?: number): Promise<readonly LogLine[]>
  /** Waits until stderr matches; returns all of it. */
  waitForStderr(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** Sends the signal (SIGTERM by default) and waits for the end; after 10 s it kills. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  [Symbol.asyncDispose](): Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000

/** Starts a fixture in a process of its own, as a user would, and resolves once it listens. */
export async function runApp(options: RunAppOptions): Promise<App> {
  const { fixture, args = [], nodeArgs = [], serve = true, t } = options
  const preload =
    options.preload ??
    (options.program !== undefined ? 'none' : (process.env['CORRELATION_TEST_PRELOAD'] as Preload | undefined)) ??
    'import'
  const program = options.program ?? process.env['CORRELATION_TEST_NODE'] ?? process.execPath
  const script = fixture.startsWith('/') ? fixture : FIXTURES + fixture
  const child = spawn(program, [...nodeArgs, ...preloadArgs(preload), script, ...args], {
    cwd: options.cwd ?? ROOT,
    env: childEnv(options, preload),
    stdio: ['ignore', 'pipe', 'pipe'],
  })

  const stdout: string[] = []
  const logs: LogLine[] = []
  let stderr = ''
  let port = 0
  let ended = false
  let failure: Error | undefined
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }

  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout.push(line)
    options.onLine?.(line)
    const parsed = parseObject(line)
    if (port === 0 && typeof parsed?.['listening'] === 'number') port = parsed['listening']
    else if (parsed !== undefined) logs.push(parsed)
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    wake()
  })
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', (error) => {
      failure = error
      ended = true
      resolve({ code: null, signal: null })
      wake()
    })
    // `close` comes after the last line of output, `exit` may come before it.
    child.on('close', (code, signal) => {
      ended = true
      resolve({ code, signal })
      setImmediate(wake)
    })
  })

  const output = () => `--- stdout\n${stdout.join('\n')}\n--- stderr\n${stderr}`

  /** Waits for a condition on the child's output; it cannot come true any more once the child has ended. */
  function until(done: () => boolean, what: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer)
        waiting.delete(check)
        if (error === undefined) resolve()
        else reject(error)
      }
      const timer = setTimeout(() => settle(new Error(`${what} in ${timeoutMs} ms.\n${output()}`)), timeoutMs)
      function check(): void {
        try {
          if (done()) settle()
          else if (ended) settle(new Error(`${what} before ${fixture} ended. ${failure?.message ?? ''}\n${output()}`))
        } catch (error) {
          settle(error as Error)
        }
      }
      waiting.add(check)
      check()
    })
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (ended) return exited
    child.kill(signal)
    const timer = new AbortController()
    const late = sleep(STOP_TIMEOUT_MS, undefined, { signal: timer.signal }).then(
      () => child.kill('SIGKILL'),
      () => false,
    )
    const exit = await exited
    timer.abort()
    await late
    return exit
  }

  const dispose = async () => {
    await stop('SIGKILL')
  }
  t?.after(dispose)

  if (serve) {
    try {
      await until(() => port !== 0, `${fixture} did not print the port it listens on`, START_TIMEOUT_MS)
    } catch (error) {
      await dispose()
      throw error
    }
  } else {
    await exited
    if (failure !== undefined) throw failure
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stdout,
    logs,
    get stderr() {
      return stderr
    },
    exited,
    request: (path, requestOptions) => request(`http://127.0.0.1:${port}${path}`, requestOptions),
    waitForLogs: async (wanted, timeoutMs = 30_000) => {
      const done = typeof wanted === 'number' ? () => logs.length >= wanted : () => wanted(logs)
      await until(done, `The log lines ${wanted} did not come`, timeoutMs)
      return logs
    },
    waitForStderr: async (pattern, timeoutMs = 30_000) => {
      await until(() => pattern.test(stderr), `${pattern} did not come on stderr`, timeoutMs)
      return stderr
    },
    stop,
    [Symbol.asyncDispose]: dispose,
  }
}

function preloadArgs(preload: Preload): readonly string[] {
  if (preload === 'import') return ['--import', '@org/correlation/register']
  if (preload === 'require') return ['--require', '@org/correlation/register']
  return []
}

/** Nothing is inherited but `PATH`: what the developer has set must not decide what a test sees. */
function childEnv({ env, sink }: RunAppOptions, preload: Preload): Record<string, string> {
  const all: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ...(sink && { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }),
    ...(preload === 'node-options' && { NODE_OPTIONS: `--require "${ROOT}register.cjs"` }),
    ...env,
  }
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

function parseObject(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return undefined
  }
}
