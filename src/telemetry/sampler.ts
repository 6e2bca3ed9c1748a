// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Context, isSpanContextValid, type Link, type SpanKind, trace } from '@opentelemetry/api'
import { type Sampler, SamplingDecision, type SamplingResult, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { getId } from '../correlation/context.ts'

/**
 * Keeps or drops all traces of one correlation ID together, in every service that has the same ratio.
 *
 * Spans with a local parent follow it, so that a trace is whole within a process. A remote parent's sampled flag is
 * not followed: the ID decides, and an ID that was generated here because its sender is not trusted decides like any
 * other, so no stranger raises the rate. Without an ID the trace ID decides by the same ratio.
 */
export class CorrelationSampler implements Sampler {
  readonly #ratio: number
  readonly #byTraceId: Sampler

  constructor(ratio: number) {
    this.#ratio = ratio
    this.#byTraceId = new TraceIdRatioBasedSampler(ratio)
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const parent = trace.getSpanContext(context)
    if (parent !== undefined && isSpanContextValid(parent) && parent.isRemote !== true) {
      const sampled = (parent.traceFlags & 1) === 1
      return { decision: sampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD }
    }
    const id = getId(context)
    if (id === undefined) return this.#byTraceId.shouldSample(context, traceId, name, kind, attributes, links)
    const sampled = hashToUnit(id) < this.#ratio
    return { decision: sampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD }
  }

  toString(): string {
    return `CorrelationSampler{${this.#ratio}}`
  }
}

/**
 * Maps a text to [0, 1): FNV-1a over its UTF-16 code units, then MurmurHash3's finalizer, since FNV alone spreads
 * the high bits of short texts badly. Simple enough to repeat in another language.
 */
export function hashToUnit(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
