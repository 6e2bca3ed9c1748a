// SPDX-License-Identifier: Apache-2.0
import { clearTimeout, setTimeout } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { sendAtExit } from './exit-sender.ts'
import type { Telemetry } from './telemetry.ts'

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

type Signal = 'SIGTERM' | 'SIGINT'
const SIGNALS: readonly Signal[] = ['SIGTERM', 'SIGINT']

/**
 * Sends what is queued when the process ends, without changing how it ends: not its exit code, not its signal, and not
 * its time by more than the timeout.
 */
export function installShutdown(options: ShutdownOptions): void {
  let isFlushing = false
  let isSpent = false

  process.on('beforeExit', () => {
    if (isFlushing || isSpent || !options.isActive() || !options.telemetry.hasPending()) return
    isFlushing = true
    void flushWithin(options).then((inTime) => {
      isFlushing = false
      // Nothing is tried a second time: neither here nor in the child.
      isSpent = !inTime
    })
  })

  process.on('exit', () => {
    if (isSpent || !options.isActive()) return
    try {
      options.endAnsweredSpans()
      sendAtExit(options.telemetry.takeForExit(), options.timeoutMs)
    } catch {
      // What cannot be sent is lost; the exit goes on.
    }
  })

  // A worker thread gets no signals.
  if (isMainThread) for (const signal of SIGNALS) flushOnSignal(signal, options)
}

/** Resolves to whether the flush ended in time. Keeps the process alive for as long as it waits, and no longer. */
function flushWithin({ telemetry, timeoutMs }: ShutdownOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    telemetry.flush().then(
      () => {
        clearTimeout(timer)
        resolve(true)
      },
      () => {
        clearTimeout(timer)
        resolve(false)
      },
    )
  })
}

/**
 * Flushes on a signal that nobody else handles, then lets it do what it would have done. As soon as somebody else listens,
 * our listener is gone: packages such as signal-exit count the listeners to find out whether the signal is theirs, and
 * one more would make them swallow it. Their way out leads through `'exit'` or back to the signal.
 */
function flushOnSignal(signal: Signal, options: ShutdownOptions): void {
  let isOurs = false
  const onSignal = () => {
    remove()
    if (!options.isActive()) {
      process.kill(process.pid, signal)
      return
    }
    options.endAnsweredSpans()
    void flushWithin(options).then(() => {
      // The application may have begun to listen meanwhile; then the signal is its own.
      process.kill(process.pid, signal)
      // The first process of a container ignores a signal it has no handler for, as it would have without us.
      setTimeout(add, 100).unref()
    })
  }
  const add = () => {
    if (isOurs || process.listenerCount(signal) > 0) return
    isOurs = true
    process.on(signal, onSignal)
  }
  const remove = () => {
    if (!isOurs) return
    isOurs = false
    process.removeListener(signal, onSignal)
  }
  let isRemoving = false
  process.on('newListener', (event, listener) => {
    if (event !== signal || listener === onSignal) return
    isRemoving = true
    remove()
    isRemoving = false
  })
  process.on('removeListener', (event, listener) => {
    if (event === signal && listener !== onSignal && !isRemoving) add()
  })
  add()
}
