// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { flushOnSignal } from '../../../src/sdk/signal-flush.ts'

/** A process that watches a signal as Node does: from listeners of its own, which were there first. */
class FakeProcess extends EventEmitter {
  readonly pid = 1
  readonly log: string[] = []
  #isWatched = false

  constructor() {
    super()
    this.on('newListener', (event) => {
      if (event === 'SIGTERM') this.#isWatched = true
    })
    this.on('removeListener', (event) => {
      if (event === 'SIGTERM' && this.listenerCount('SIGTERM') === 0) this.#isWatched = false
    })
  }

  /** What the system does with a signal. */
  kill(_pid: number, signal: NodeJS.Signals): void {
    if (this.#isWatched) this.emit(signal)
    else this.log.push('died')
  }
}

const ignore = () => undefined

function start(): FakeProcess {
  const source = new FakeProcess()
  const flush = async () => {
    source.log.push('flushed')
  }
  flushOnSignal('SIGTERM', flush, source)
  return source
}

interface Case {
  readonly title: string
  readonly act: (source: FakeProcess) => void
  readonly log: readonly string[]
}

const CASES: readonly Case[] = [
  { title: 'nobody listens', act: () => undefined, log: ['flushed', 'died'] },
  {
    title: 'the application listens',
    act: (source) => source.on('SIGTERM', () => source.log.push('handled')),
    log: ['handled'],
  },
  {
    title: 'the application has stopped listening',
    act: (source) => source.on('SIGTERM', ignore).removeListener('SIGTERM', ignore),
    log: ['flushed', 'died'],
  },
  {
    title: 'the application took every listener off',
    act: (source) => source.removeAllListeners('SIGTERM'),
    log: ['flushed', 'died'],
  },
  {
    title: 'the application took every listener off, then listens',
    act: (source) => source.removeAllListeners('SIGTERM').on('SIGTERM', () => source.log.push('handled')),
    log: ['handled'],
  },
  {
    title: 'a listener that repeats the signal once',
    act: (source) => source.once('SIGTERM', () => source.kill(1, 'SIGTERM')),
    log: ['flushed', 'died'],
  },
]

describe('flushOnSignal()', () => {
  for (const { title, act, log } of CASES) {
    it(title, async () => {
      const source = start()
      act(source)
      source.kill(1, 'SIGTERM')
      await sleep(0)
      assert.deepEqual(source.log, log)
    })
  }

  it('leaves the listener of the application alone: whoever counts finds one', () => {
    const source = start()
    assert.equal(source.listenerCount('SIGTERM'), 1)
    source.on('SIGTERM', () => undefined)
    assert.equal(source.listenerCount('SIGTERM'), 1)
  })

  it('lets a second signal end the process at once', () => {
    const source = start()
    source.kill(1, 'SIGTERM')
    source.kill(1, 'SIGTERM')
    assert.deepEqual(source.log, ['flushed', 'died'])
  })
})
