// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from 'node:crypto'

const TRACE_ID_LENGTH = 32
const SPAN_ID_LENGTH = 16

/** Small, since an ID that is kept for long keeps the text that it was cut from. */
const BLOCK_BYTES = 256

const block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
let text = ''
let position = 0

/** Makes a trace ID of 128 random bits, in hex. */
export function generateTraceId(): string {
  return take(TRACE_ID_LENGTH)
}

/** Makes a span ID of 64 random bits, in hex. */
export function generateSpanId(): string {
  return take(SPAN_ID_LENGTH)
}

/** Cut from a block of random text: a call for each ID, and the conversion of its bytes, take longer than all the rest of its making. */
function take(length: number): string {
  for (;;) {
    if (position + length > text.length) {
      text = randomFillSync(block).toString('hex')
      position = 0
    }
    const id = text.slice(position, position + length)
    position += length
    if (!isZero(id)) return id
  }
}

/** The one value that is no ID: https://www.w3.org/TR/trace-context/#trace-id. */
function isZero(id: string): boolean {
  return id.charCodeAt(0) === 48 && /^0+$/.test(id)
}
