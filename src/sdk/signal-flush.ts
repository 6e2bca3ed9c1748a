// SPDX-License-Identifier: Apache-2.0
import type { EventEmitter } from 'node:events'
import { setTimeout } from 'node:timers'

/** The part of `process` that signals need. */
export interface SignalSource
  extends Pick<EventEmitter, 'listenerCount' | 'on' | 'prependListener' | 'removeListener'> {
  readonly pid: number
  kill(pid: number, signal: NodeJS.Signals): unknown
}

/** The first process of a container ignores a signal it has no handler for, as it would have without us; then we go on. */
const SURVIVED_MS = 100

/**
 * Flushes on a signal that nobody else handles, then lets it do what it would have done. As soon as somebody else listens,
 * our listener is gone: packages such as signal-exit count the listeners to find out whether the signal is theirs, and
 * one more would make them swallow it. Their way out leads through `'exit'` or back to the signal.
 *
 * @param flush - Never rejects.
 */
export function flushOnSignal(signal: NodeJS.Signals, flush: () => Promise<void>, source: SignalSource): void {
  let isOurs = false
  const onSignal = () => {
    // Without a listener a second signal ends the process at once, as it would have without us.
    remove()
    void flush().then(() => {
      // The application may have begun to listen meanwhile; then the signal is its own.
      source.kill(source.pid, signal)
      setTimeout(add, SURVIVED_MS).unref()
    })
  }
  const add = () => {
    if (isOurs || source.listenerCount(signal) > 0) return
    isOurs = true
    source.on(signal, onSignal)
  }
  const remove = () => {
    if (!isOurs) return
    isOurs = false
    source.removeListener(signal, onSignal)
  }
  // Ours first: Node's own listener starts watching the signal unless it is watched already, and taking ours off ends that. The
  // other way round nobody watches, and the handler of the application is never called.
  source.prependListener('newListener', (event: string | symbol, listener: unknown) => {
    if (event === signal && listener !== onSignal) remove()
  })
  source.on('removeListener', (event: string | symbol, listener: unknown) => {
    if (event !== signal) return
    // `removeAllListeners` takes ours too, and means: the default.
    if (listener === onSignal && isOurs) isOurs = false
    else if (listener === onSignal) return
    add()
  })
  add()
}
