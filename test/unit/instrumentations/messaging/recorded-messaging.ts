// SPDX-License-Identifier: Apache-2.0
import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { emptyResource } from '@opentelemetry/resources'
import { AlwaysOffSampler, AlwaysOnSampler, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { Messaging } from '../../../../instrumentations/messaging/messaging.ts'
import { loadConfig } from '../../../../src/config/config.ts'
import { generateId } from '../../../../src/correlation/id.ts'
import { CorrelationPropagator } from '../../../../src/propagation/propagator.ts'
import type { Runtime } from '../../../../src/runtime.ts'
import { LeanTracerProvider } from '../../../../src/sdk/lean-tracer-provider.ts'
import { DEFAULT_SPAN_LIMITS } from '../../../../src/sdk/span-limits.ts'

/** How a {@link Messaging} is to be made. */
export interface Made {
  readonly env?: Readonly<Record<string, string>>
  /** Whose the spans are, and whether they are recorded; by default ours, and they are. */
  readonly tracing?: 'sampled' | 'unsampled' | 'of somebody else' | 'none'
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

/** As start puts it together, of what the messaging uses. */
export function runtimeOf(env: Readonly<Record<string, string>> = {}): Runtime {
  const { config } = loadConfig(env)
  const { baggageKey, outboundHeaders } = config
  const rules = { ...config, generate: () => generateId(config.idFormat) }
  return { config, rules, baggageKey, outboundHeaders } as Partial<Runtime> as Runtime
}

/** A messaging of a system named `test`, with the spans that it ended. It has the global propagator to itself. */
export function recordedMessaging({ env, tracing = 'sampled' }: Made = {}) {
  const runtime = runtimeOf(env)
  const { config, rules, baggageKey, outboundHeaders } = runtime
  const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] })
  propagation.disable()
  propagation.setGlobalPropagator(new CorrelationPropagator(w3c, { ...config, rules, baggageKey, outboundHeaders }))

  const spans: ReadableSpan[] = []
  const provider = new LeanTracerProvider({
    resource: emptyResource(),
    sampler: tracing === 'unsampled' ? new AlwaysOffSampler() : new AlwaysOnSampler(),
    limits: DEFAULT_SPAN_LIMITS,
    spanAttribute: 'correlation.id',
    processors: [
      {
        onStart: () => {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  const isActive = () => tracing !== 'of somebody else'
  return { messaging: new Messaging(runtime, 'test', tracing === 'none' ? undefined : { provider, isActive }), spans }
}
