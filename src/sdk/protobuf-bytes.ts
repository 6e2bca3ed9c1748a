// SPDX-License-Identifier: Apache-2.0

/** A batch of ordinary spans fits; a larger buffer is given back after its batch. */
const KEPT_BYTES = 1024 * 1024
const FIRST_BYTES = 64 * 1024
/** Up to here copying the characters one by one is faster than the call into Node; measured, see docs/architecture.md. */
const SHORT_TEXT = 28
/** The most that a tag and a number take. */
const NUMBER_BYTES = 12
const TWO_32 = 2 ** 32

/** By character code; zero where it is no hexadecimal digit. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0)

/**
 * Writes protobuf messages in one pass, into a buffer that is used again for the next one. The length of a nested message is not
 * known when it begins: room for it is left there, and filled at its end.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufBytes {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Where the next byte goes. Set back, it takes back what was written since. */
  position = 0

  /** A copy of what was written since the position. */
  copyFrom(position: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(position, this.position))
  }

  /** Hands out what was written, as a copy that nobody writes into, and begins anew. */
  take(): Uint8Array {
    const taken = this.copyFrom(0)
    this.position = 0
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
    return taken
  }

  /** Begins a nested message or another field with a length. Returns what {@link end} needs to know. */
  begin(tag: number, expectedLength: number): number {
    this.#ensure(NUMBER_BYTES)
    this.#bytes[this.position] = tag
    this.position += 1 + sizeOf(expectedLength)
    return this.position
  }

  /** Fills in the length of what was begun. Where another size than expected is needed, the content moves. */
  end(start: number, expectedLength: number): void {
    const length = this.position - start
    const expected = sizeOf(expectedLength)
    const size = sizeOf(length)
    if (size !== expected) {
      this.#ensure(NUMBER_BYTES)
      this.#bytes.copyWithin(start - expected + size, start, this.position)
      this.position += size - expected
    }
    this.#varintAt(start - expected, length)
  }

  /** A field of text. Lone surrogates become U+FFFD, as everywhere in UTF-8. */
  text(tag: number, text: string): void {
    const units = text.length
    // A UTF-16 code unit is at most three bytes of UTF-8.
    this.#ensure(units * 3 + NUMBER_BYTES)
    const bytes = this.#bytes
    if (units <= SHORT_TEXT) {
      let at = this.position
      bytes[at++] = tag
      bytes[at++] = units
      let i = 0
      for (; i < units; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        bytes[at++] = code
      }
      if (i === units) {
        this.position = at
        return
      }
    }
    const start = this.begin(tag, units)
    this.position += bytes.write(text, start)
    this.end(start, units)
  }

  /** A field of bytes. */
  binary(tag: number, value: Uint8Array): void {
    const start = this.begin(tag, value.length)
    this.raw(value)
    this.end(start, value.length)
  }

  /** Bytes that are a whole field, or several, already. */
  raw(fields: Uint8Array): void {
    this.#ensure(fields.length)
    this.#bytes.set(fields, this.position)
    this.position += fields.length
  }

  /** A field of bytes that are given in hexadecimal. */
  hex(tag: number, digits: string): void {
    const length = digits.length >>> 1
    this.#ensure(length + NUMBER_BYTES)
    const bytes = this.#bytes
    bytes[this.position] = tag
    this.#varintAt(this.position + 1, length)
    let at = this.position + 1 + sizeOf(length)
    for (let i = 0; i < length * 2; i += 2) {
      bytes[at++] = ((HEX_DIGITS[digits.charCodeAt(i)] ?? 0) << 4) | (HEX_DIGITS[digits.charCodeAt(i + 1)] ?? 0)
    }
    this.position = at
  }

  /** A field of an integer; a negative one is written as 64 bits of two's complement. */
  integer(tag: number, value: number): void {
    this.#ensure(NUMBER_BYTES)
    const bytes = this.#bytes
    bytes[this.position++] = tag
    if (value >= 0 && value < TWO_32) {
      this.#varintAt(this.position, value)
      this.position += sizeOf(value)
      return
    }
    let low = value >>> 0
    let high = Math.floor(value / TWO_32) >>> 0
    while (high > 0 || low > 127) {
      bytes[this.position++] = (low & 127) | 128
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    bytes[this.position++] = low
  }

  double(tag: number, value: number): void {
    this.#ensure(NUMBER_BYTES)
    this.#bytes[this.position] = tag
    this.position = this.#bytes.writeDoubleLE(value, this.position + 1)
  }

  /** A field of four bytes. The only one that OTLP also has with a number above 15, so with a tag of two bytes. */
  fixed32(tag: number, value: number): void {
    this.#ensure(NUMBER_BYTES)
    this.#varintAt(this.position, tag)
    this.position += sizeOf(tag)
    this.#fixed32(value)
  }

  /** A time since 1970 in whole nanoseconds, of seconds and nanoseconds: more than a number holds, so in two halves. */
  time(tag: number, [seconds, nanoseconds]: readonly [number, number]): void {
    this.#ensure(NUMBER_BYTES)
    this.#bytes[this.position++] = tag
    const whole = Math.trunc(seconds)
    const product = Math.imul(whole, 1e9) >>> 0
    // The product is rounded to a number, and off by far less than 2^32.
    const high = Math.round((whole * 1e9 - product) / TWO_32)
    const low = product + Math.trunc(nanoseconds)
    this.#fixed32(low)
    this.#fixed32(high + Math.floor(low / TWO_32))
  }

  #fixed32(value: number): void {
    const bytes = this.#bytes
    bytes[this.position++] = value
    bytes[this.position++] = value >>> 8
    bytes[this.position++] = value >>> 16
    bytes[this.position++] = value >>> 24
  }

  #varintAt(at: number, value: number): void {
    const bytes = this.#bytes
    let rest = value
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128
      rest >>>= 7
    }
    bytes[at] = rest
  }

  #ensure(more: number): void {
    const needed = this.position + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.position))
    this.#bytes = larger
  }
}

/** How many bytes a length, or any number below 2^32, takes. */
function sizeOf(value: number): number {
  if (value < 2 ** 7) return 1
  if (value < 2 ** 14) return 2
  if (value < 2 ** 21) return 3
  return value < 2 ** 28 ? 4 : 5
}
