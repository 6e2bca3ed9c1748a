// SPDX-License-Identifier: Apache-2.0

/** Knows its place in its list; -1 where it is in none. */
export interface Listed {
  place: number
}

/**
 * What is open just now, in no order.
 *
 * Not a Map or a Set: V8 gives one whose entries come and go a new table every few entries, and the table before it points to the new one and
 * to what was open then. Once one of them has become old, all that follow outlive the collections of young objects, and with them whatever
 * belonged to a request: a fifth of all that was allocated, which cost more than making it.
 */
export class OpenList<Entry extends Listed> implements Iterable<Entry> {
  readonly #entries: Entry[] = []

  get size(): number {
    return this.#entries.length
  }

  add(entry: Entry): void {
    if (entry.place !== -1) return
    entry.place = this.#entries.push(entry) - 1
  }

  /** Takes an entry out; one that is in no list may be given. */
  remove(entry: Entry): void {
    if (entry.place === -1) return
    const last = this.#entries.pop() as Entry
    if (last !== entry) {
      this.#entries[entry.place] = last
      last.place = entry.place
    }
    entry.place = -1
  }

  /** Goes over what is open as it begins: entries may be removed meanwhile. */
  [Symbol.iterator](): Iterator<Entry> {
    return [...this.#entries].values()
  }
}
