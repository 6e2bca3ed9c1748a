// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { type Started, startCorrelation } from './start.ts'
import { VERSION } from './version.ts'

// The bin asks the preload that runs for it: what it loads then shares the preload's modules, as all that is loaded later.
export { loadRunScope } from './cli/lazy-files.ts'

const GUARD = Symbol.for('@org/correlation')

interface Guarded {
  [GUARD]?: { readonly version: string }
}

/**
 * Starts once per process, whatever copies and flags load it. Never throws: what goes wrong is one line on standard error,
 * and the application runs as without us. Only `CORRELATION_STRICT` ends it, on a configuration with mistakes.
 */
export function preload(env: NodeJS.ProcessEnv): void {
  try {
    const holder = globalThis as Guarded
    const running = holder[GUARD]
    if (running !== undefined) {
      if (running.version !== VERSION) {
        warn(`version ${VERSION} was loaded after version ${running.version}; the first one stays in charge.`)
      }
      return
    }
    Object.defineProperty(holder, GUARD, { value: { version: VERSION } })
    report(startCorrelation(env, warn))
  } catch (error) {
    warn(
      `could not start (${error instanceof Error ? error.message : 'unknown error'}); the application runs without it.`,
    )
  }
}

function report({ config, problems, warnings }: Started): void {
  for (const sentence of [...problems, ...warnings]) warn(sentence)
  if (!config.strict || problems.length === 0) return
  warn('CORRELATION_STRICT is on, so the application is not started with these mistakes.')
  process.exit(1)
}

/**
 * Writes to the descriptor and not to `process.stderr`, which reports a pipe that nobody reads as an uncaught exception. The
 * main thread has said already what a worker thread would say again.
 */
function warn(sentence: string): void {
  if (!isMainThread) return
  try {
    writeSync(2, `@org/correlation: ${sentence}\n`)
  } catch {
    // Without a standard error there is nowhere to say it.
  }
}
