// SPDX-License-Identifier: Apache-2.0
import { diag, type TextMapPropagator } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator } from '@opentelemetry/core'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { listOf, type OtelEnv } from './otel-env.ts'
import { TraceContextPropagator } from './trace-context-propagator.ts'

/** What `OTEL_PROPAGATORS` asks for. */
export interface Propagators {
  readonly inner: TextMapPropagator
  /** `baggage` is in the list: our entry is read and written. */
  readonly hasBaggage: boolean
  /** The fields without which nothing is found in a carrier; undefined where that is not known. */
  readonly fields: readonly string[] | undefined
  /** `none` is in the list: nothing travels, our header included. */
  readonly isNone: boolean
}

const FACTORIES: ReadonlyMap<string, () => TextMapPropagator> = new Map([
  ['tracecontext', () => new TraceContextPropagator()],
  ['baggage', () => new W3CBaggagePropagator()],
  ['b3', () => new B3Propagator()],
  ['b3multi', () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })],
])

/** Ours always wraps the composite, so the word `correlation` in the list says nothing new, and never warns. */
export function createPropagators(env: OtelEnv): Propagators {
  const names = new Set(listOf(env, 'OTEL_PROPAGATORS') ?? ['tracecontext', 'baggage'])
  const isNone = names.has('none')
  const propagators: TextMapPropagator[] = []
  for (const name of isNone ? [] : names) {
    const create = FACTORIES.get(name)
    if (create !== undefined) propagators.push(create())
    else if (name !== 'correlation') {
      diag.warn(
        `OTEL_PROPAGATORS names a propagator that is not available here; it is skipped. Available: ${[...FACTORIES.keys()].join(', ')}, correlation, none.`,
      )
    }
  }
  return {
    inner: new CompositePropagator({ propagators }),
    hasBaggage: !isNone && names.has('baggage'),
    // `tracestate` says nothing by itself. B3 reads more fields than it names.
    fields: names.has('b3') || names.has('b3multi') ? undefined : ['traceparent', 'baggage'],
    isNone,
  }
}
