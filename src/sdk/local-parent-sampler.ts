// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Context, type Link, type SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace'
import { isOwn } from '../telemetry/own-span-context.ts'

const SAMPLED: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED }
const NOT_SAMPLED: SamplingResult = { decision: SamplingDecision.NOT_RECORD }

/** Answers for a sampler that follows the local parent, where our own tracer made that parent: most spans have one. */
export class LocalParentSampler implements Sampler {
  readonly #others: Sampler

  /** @param others - Decides in all other cases; it has to follow a local parent as well. */
  constructor(others: Sampler) {
    this.#others = others
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
    if (parent === undefined || !isOwn(parent))
      return this.#others.shouldSample(context, traceId, name, kind, attributes, links)
    return (parent.traceFlags & TraceFlags.SAMPLED) === 0 ? NOT_SAMPLED : SAMPLED
  }

  toString(): string {
    return this.#others.toString()
  }
}
