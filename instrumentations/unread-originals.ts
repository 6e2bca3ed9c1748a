// SPDX-License-Identifier: Apache-2.0

/** What stood in the headers of one request before we wrote into them. */
export type Originals = ReadonlyMap<string, string | undefined>

/** As long as a UUID, the longest that we generate. */
const SLOT = 36

/**
 * IDs with what stood in their requests' headers, until somebody looks one up, which in most applications nobody ever does.
 *
 * Nearly all of these are IDs that we generated for requests without any, which share one map. Such IDs are kept as bytes outside V8's heap: thousands of
 * young strings that are alive for as many requests, and garbage then, made V8 enlarge its heap by some 15 MiB.
 */
export class UnreadOriginals {
  readonly #capacity: number
  #bytes: Buffer | undefined
  readonly #lengths: Uint8Array
  /** What those in the bytes all have: the first map that comes twice in a row. */
  #shared: Originals | undefined
  #last: Originals | undefined
  #count = 0
  #others: (readonly [id: string, originals: Originals])[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#lengths = new Uint8Array(capacity)
  }

  get isFull(): boolean {
    return this.#count + this.#others.length >= this.#capacity
  }

  add(id: string, originals: Originals): void {
    if (this.#count === 0 && originals === this.#last) this.#shared = originals
    this.#last = originals
    if (originals !== this.#shared || id.length > SLOT) {
      this.#others.push([id, originals])
      return
    }
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#capacity * SLOT)
    // An ID is ASCII, whatever the pattern.
    this.#bytes.write(id, this.#count * SLOT, SLOT, 'latin1')
    this.#lengths[this.#count] = id.length
    this.#count += 1
  }

  /** Hands all of them over, and is empty then. */
  drain(take: (id: string, originals: Originals) => void): void {
    const bytes = this.#bytes
    const shared = this.#shared
    if (bytes !== undefined && shared !== undefined) {
      for (let i = 0; i < this.#count; i += 1) {
        const start = i * SLOT
        take(bytes.toString('latin1', start, start + (this.#lengths[i] as number)), shared)
      }
    }
    for (const [id, originals] of this.#others) take(id, originals)
    this.clear()
  }

  /** The map that is shared stays: the next ones are likely to have it. */
  clear(): void {
    this.#count = 0
    if (this.#others.length > 0) this.#others = []
  }
}
