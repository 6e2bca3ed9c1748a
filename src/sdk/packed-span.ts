// SPDX-License-Identifier: Apache-2.0
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { ProtobufBytes } from './protobuf-bytes.ts'

/** A span on its way out: as it is, or written already. */
export type QueuedSpan = ReadableSpan | PackedSpan

/** Some hundred spans. */
const CHUNK_BYTES = 64 * 1024

let chunk = new Uint8Array(0)
let used = 0

/**
 * A span as the bytes that its batch will have. A span is some twenty objects, which the garbage collector would copy two times while they
 * wait for their batch: about a tenth of what tracing adds to a request. The bytes of many spans are in one buffer, outside of its reach.
 */
export class PackedSpan {
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  readonly #chunk: Uint8Array
  readonly #start: number
  readonly #end: number

  /** @param written - Holds the span's bytes and nothing else. */
  constructor({ resource, instrumentationScope }: ReadableSpan, written: ProtobufBytes) {
    this.resource = resource
    this.instrumentationScope = instrumentationScope
    const length = written.position
    if (used + length > chunk.length) {
      chunk = new Uint8Array(Math.max(CHUNK_BYTES, length))
      used = 0
    }
    written.copyInto(chunk, used)
    this.#chunk = chunk
    this.#start = used
    used += length
    this.#end = used
  }

  get bytes(): Uint8Array {
    return this.#chunk.subarray(this.#start, this.#end)
  }
}
