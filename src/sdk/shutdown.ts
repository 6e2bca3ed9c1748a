// SPDX-License-Identifier: Apache-2.0
import { clearTimeout, setTimeout } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { sendAtExit } from './exit-sender.ts'
import { flushOnSignal } from './signal-flush.ts'
import type { Telemetry } from './telemetry.ts'
import { WorkerFlush } from './worker-flush.ts'

/** What shutting down needs to know. */
export interface ShutdownOptions {
  readonly telemetry: Telemetry
  /** At most this long, in milliseconds, is spent on flushing. */
  readonly timeoutMs: number
  /** Ends the spans of requests that were answered, whose response has not been closed yet. */
  readonly endAnsweredSpans: () => void
  /** Whether there is still anything of ours to send. */
  readonly isActive: () => boolean
}

/**
 * Sends what is queued when the process ends, without changing how it ends: not its exit code, not its signal, and not
 * its time by more than the timeout.
 */
export function installShutdown(options: ShutdownOptions): void {
  const { telemetry, timeoutMs, endAnsweredSpans, isActive } = options
  if (timeoutMs <= 0) return
  const workers = new WorkerFlush(() => flushNow(options))
  telemetry.whenBusy(() => workers.announce())
  let isFlushing = false
  let isSpent = false

  process.on('beforeExit', () => {
    if (isFlushing || isSpent || !isActive() || !telemetry.hasPending()) return
    isFlushing = true
    void within(timeoutMs, telemetry.flush()).then((inTime) => {
      isFlushing = false
      // Nothing is tried a second time: neither here nor in the child.
      isSpent = !inTime
    })
  })

  process.on('exit', () => {
    const deadline = performance.now() + timeoutMs
    try {
      // They run on while this thread exits, and end with it.
      workers.ask()
      if (isActive()) telemetry.reportLosses()
      if (!isSpent && isActive()) {
        endAnsweredSpans()
        sendAtExit(telemetry.takeForExit(), timeoutMs)
      }
      workers.waitUntil(deadline)
      workers.leave()
    } catch {
      // What cannot be sent is lost; the exit goes on.
    }
  })

  // A worker thread gets no signals.
  if (!isMainThread) return
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    flushOnSignal(
      signal,
      async () => {
        workers.ask()
        await within(timeoutMs, Promise.all([flushNow(options), workers.wait()]))
        if (isActive()) telemetry.reportLosses()
      },
      process,
    )
  }
}

async function flushNow({ telemetry, timeoutMs, endAnsweredSpans, isActive }: ShutdownOptions): Promise<void> {
  if (!isActive()) return
  endAnsweredSpans()
  await within(timeoutMs, telemetry.flush())
}

/** Resolves to whether the work ended in time. Keeps the process alive for as long as it waits, and no longer. */
function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    const settle = (inTime: boolean) => {
      clearTimeout(timer)
      resolve(inTime)
    }
    work.then(
      () => settle(true),
      () => settle(false),
    )
  })
}
