// SPDX-License-Identifier: Apache-2.0
import type { Ending } from './spawn-command.ts'

/** Longer than a signal takes to arrive. */
const ARRIVAL_MS = 1000

/**
 * Ends this process as the command ended: with its exit code, or by the signal that ended it, so that whoever waits for us cannot tell the
 * difference. What the event loop still has to do is done first, the export of our span.
 */
export function endLike({ exitCode, signal }: Ending): void {
  // For a signal that does not end us: the first process of a container ignores those without a handler.
  process.exitCode = exitCode
  if (signal === undefined) return
  if (process.listenerCount(signal) > 0) {
    // The preload's: it exports, and lets the signal happen. A signal by itself keeps no process alive until it arrives.
    process.kill(process.pid, signal)
    setTimeout(() => undefined, ARRIVAL_MS)
    return
  }
  process.once('exit', () => raise(signal))
}

function raise(signal: NodeJS.Signals): void {
  try {
    // Node ignores SIGPIPE, and has uses of its own for others. Whatever was watched, and is not any more, has the system's meaning.
    const ignore = () => undefined
    process.on(signal, ignore).removeListener(signal, ignore)
  } catch {
    // Nobody can watch SIGKILL.
  }
  process.kill(process.pid, signal)
}
