// SPDX-License-Identifier: Apache-2.0
import type { Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace'
import { LeanTracer } from './lean-tracer.ts'
import type { SpanLimits } from './span-limits.ts'

/** What the provider is made of. */
export interface LeanTracerSettings {
  readonly resource: Resource
  readonly sampler: Sampler
  readonly limits: SpanLimits
  readonly processors: readonly SpanProcessor[]
  /** The attribute that has the correlation ID; undefined for none. */
  readonly spanAttribute: string | undefined
}

/** Hands out {@link LeanTracer}s, one for each scope. */
export class LeanTracerProvider implements TracerProvider {
  readonly #settings: LeanTracerSettings
  readonly #tracers = new Map<string, Tracer>()

  constructor(settings: LeanTracerSettings) {
    this.#settings = settings
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const schemaUrl = options?.schemaUrl
    const key = JSON.stringify([name, version, schemaUrl])
    let tracer = this.#tracers.get(key)
    if (tracer === undefined) {
      tracer = this.#create({
        name,
        ...(version !== undefined && { version }),
        ...(schemaUrl !== undefined && { schemaUrl }),
      })
      this.#tracers.set(key, tracer)
    }
    return tracer
  }

  /** Resolves when each processor has handed on what it had; what one of them has to say of it is its own to log. */
  async forceFlush(): Promise<void> {
    await Promise.allSettled(this.#settings.processors.map((processor) => processor.forceFlush()))
  }

  /** Flushes, and ends the processors: what is recorded from then on is not sent. */
  async shutdown(): Promise<void> {
    await Promise.allSettled(this.#settings.processors.map((processor) => processor.shutdown()))
  }

  #create(scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string }): Tracer {
    const { resource, sampler, limits, processors, spanAttribute } = this.#settings
    return new LeanTracer({
      scope,
      resource,
      sampler,
      limits,
      spanAttribute,
      onStart(span, parent) {
        for (const processor of processors) processor.onStart(span, parent)
      },
      onEnd(span) {
        for (const processor of processors) processor.onEnd(span)
      },
    })
  }
}
