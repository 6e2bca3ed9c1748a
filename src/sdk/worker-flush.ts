// SPDX-License-Identifier: Apache-2.0
import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads'

const KEY = '@org/correlation.workers'
const SLOTS = 256
const FREE = 0
const IDLE = 0
const ASKED = 1
const EMPTY = 0
const BUSY = 1

/**
 * Lets the main thread have its workers flush before the process ends: a signal reaches the main thread alone, and a worker
 * is stopped without a word when the main thread exits. The main thread blocks while it exits and can then receive no message,
 * so the two talk through shared memory, which each worker inherits as environment data. A worker's slot holds its thread ID,
 * whether it was asked, and whether it has anything to flush: one that waits for work in `Atomics.wait`, as those of piscina do, cannot answer.
 */
export class WorkerFlush {
  readonly #owners: Int32Array<SharedArrayBuffer>
  readonly #states: Int32Array<SharedArrayBuffer>
  readonly #loads: Int32Array<SharedArrayBuffer>
  readonly #slot: number

  /** @param flush - What a worker does when it is asked. Never rejects. */
  constructor(flush: () => Promise<void>) {
    const memory = sharedMemory()
    this.#owners = new Int32Array(memory, 0, SLOTS)
    this.#states = new Int32Array(memory, SLOTS * Int32Array.BYTES_PER_ELEMENT, SLOTS)
    this.#loads = new Int32Array(memory, 2 * SLOTS * Int32Array.BYTES_PER_ELEMENT, SLOTS)
    // A worker that is terminated cannot take its name off the list.
    process.on('worker', (worker) => {
      const id = worker.threadId
      worker.once('exit', () => this.#forget(id))
    })
    this.#slot = isMainThread ? -1 : this.#owners.findIndex((_, i) => this.#take(i))
    if (this.#slot !== -1) this.#serve(flush)
  }

  /** In a worker: there is something to flush, or will be. */
  announce(): void {
    if (this.#slot !== -1) Atomics.store(this.#loads, this.#slot, BUSY)
  }

  /** In the main thread: asks the workers that have something to flush it. They do so while it goes on. */
  ask(): void {
    if (!isMainThread) return
    for (const [i, owner] of this.#owners.entries()) {
      if (owner === FREE || Atomics.load(this.#loads, i) === EMPTY) continue
      Atomics.store(this.#states, i, ASKED)
      Atomics.notify(this.#states, i)
    }
  }

  /** Blocks until each worker that was asked has flushed or is gone, at most until the time given. */
  waitUntil(deadline: number): void {
    for (const i of this.#askedSlots()) Atomics.wait(this.#states, i, ASKED, Math.max(0, deadline - performance.now()))
  }

  /** The same without blocking. */
  async wait(): Promise<void> {
    await Promise.all(this.#askedSlots().map((i) => Atomics.waitAsync(this.#states, i, ASKED).value))
  }

  /** In a worker that ends: nobody needs to wait for it. */
  leave(): void {
    if (this.#slot !== -1) this.#forget(threadId)
  }

  #askedSlots(): readonly number[] {
    return isMainThread ? [...this.#states.keys()].filter((i) => Atomics.load(this.#states, i) === ASKED) : []
  }

  #take(i: number): boolean {
    return Atomics.compareExchange(this.#owners, i, FREE, threadId) === FREE
  }

  /** A wait of this kind does not keep the thread alive. */
  #serve(flush: () => Promise<void>): void {
    const asked = Atomics.waitAsync(this.#states, this.#slot, IDLE).value
    void Promise.resolve(asked)
      .then(() => {
        // Before the flush, so that what begins meanwhile is announced again.
        Atomics.store(this.#loads, this.#slot, EMPTY)
        return flush()
      })
      .then(() => {
        this.#rest(this.#slot)
        this.#serve(flush)
      })
  }

  #forget(id: number): void {
    const i = this.#owners.indexOf(id)
    if (i === -1) return
    Atomics.store(this.#owners, i, FREE)
    Atomics.store(this.#loads, i, EMPTY)
    this.#rest(i)
  }

  #rest(i: number): void {
    Atomics.store(this.#states, i, IDLE)
    Atomics.notify(this.#states, i)
  }
}

function sharedMemory(): SharedArrayBuffer {
  const inherited = getEnvironmentData(KEY)
  if (inherited instanceof SharedArrayBuffer) return inherited
  const memory = new SharedArrayBuffer(3 * SLOTS * Int32Array.BYTES_PER_ELEMENT)
  setEnvironmentData(KEY, memory)
  return memory
}
