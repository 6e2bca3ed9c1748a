// SPDX-License-Identifier: Apache-2.0

/** Enough for the keys of the semantic conventions that one application meets; half a megabyte at the very most. */
const MAX_KEYS = 100
const MAX_VALUES = 16
const MAX_LENGTH = 64
/** So many more misses than hits, and the values of a key are found to be new each time, as an ID is. */
const PATIENCE = 100

/** The values of one key. */
interface Known {
  /** Undefined where keeping them was in vain. */
  values: Map<unknown, Uint8Array> | undefined
  patience: number
}

/**
 * Keeps the bytes of attributes that are on span after span: method, route, status, host. What clients send can neither make it
 * grow nor keep it busy.
 */
export class AttributeCache {
  readonly #keys = new Map<string, Known>()

  /** The bytes of the attribute, where they were kept. */
  find(key: string, value: unknown): Uint8Array | undefined {
    const known = this.#keys.get(key)
    const bytes = known?.values?.get(value)
    if (bytes !== undefined && known !== undefined) known.patience++
    return bytes
  }

  /** Whether the attribute, which was not found, should be kept. */
  wants(key: string, value: unknown): boolean {
    if (typeof value === 'string' ? value.length > MAX_LENGTH : typeof value === 'object') return false
    const known = this.#keys.get(key)
    if (known === undefined) return this.#keys.size < MAX_KEYS && key.length <= MAX_LENGTH
    if (known.values === undefined) return false
    if (known.values.size < MAX_VALUES) return true
    if (known.patience-- === 0) known.values = undefined
    return false
  }

  keep(key: string, value: unknown, bytes: Uint8Array): void {
    let known = this.#keys.get(key)
    if (known === undefined) {
      known = { values: new Map(), patience: PATIENCE }
      this.#keys.set(key, known)
    }
    known.values?.set(typeof value === 'string' ? flat(value) : value, bytes)
  }
}

/** A copy of its own: a piece of a URL or a header would keep all of it in memory. */
function flat(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
