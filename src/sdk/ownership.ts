// SPDX-License-Identifier: Apache-2.0
import {
  type Context,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
} from '@opentelemetry/api'
import { rememberProducer } from '../propagation/producer-spans.ts'
import { startActiveSpan } from './active-span.ts'

/** What the API registers: a provider that another one can be put into. */
export interface ReplaceableProvider extends TracerProvider {
  getDelegate?(): TracerProvider
  setDelegate?(delegate: TracerProvider): void
}

/**
 * Says whose tracing it is. Ours, until somebody else registers a provider: then theirs stays, our instrumentations fall
 * silent, and what we had collected before the first request is thrown away, since without us it would not exist.
 */
export class Ownership {
  #own: TracerProvider | undefined
  #foreign: ReplaceableProvider | undefined
  readonly #onForeign: (() => void)[] = []

  /** Whether somebody else registered a provider. */
  get isForeign(): boolean {
    return this.#foreign !== undefined
  }

  /** The provider in force. */
  get provider(): TracerProvider | undefined {
    return this.#foreign ?? this.#own
  }

  setOwn(provider: TracerProvider): void {
    this.#own = provider
  }

  setForeign(provider: ReplaceableProvider): void {
    const first = this.#foreign === undefined
    this.#foreign = provider
    if (first) for (const listener of this.#onForeign) listener()
  }

  /** Calls the listener when somebody else's provider takes over, or now if it has. */
  whenForeign(listener: () => void): void {
    if (this.isForeign) listener()
    else this.#onForeign.push(listener)
  }
}

/**
 * The provider that stands in the API's global as long as nobody else's does. The tracers it hands out follow the owner, so
 * that a library which asked for one before the application started its SDK is not stuck with ours.
 */
export class SwitchingTracerProvider implements ReplaceableProvider {
  readonly #ownership: Ownership
  readonly #onTracer: ((name: string) => void) | undefined

  /** @param onTracer - Hears of each name a tracer is asked for. */
  constructor(ownership: Ownership, onTracer?: (name: string) => void) {
    this.#ownership = ownership
    this.#onTracer = onTracer
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    this.#onTracer?.(name)
    return new SwitchingTracer(this.#ownership, name, version, options)
  }

  getDelegate(): TracerProvider {
    return this.#ownership.provider ?? NOOP_PROVIDER
  }

  setDelegate(delegate: TracerProvider): void {
    this.#ownership.setForeign(delegate)
  }
}

/** Hands out tracers whose spans only pass the parent's context on. */
const NOOP_PROVIDER: TracerProvider = new ProxyTracerProvider()

class SwitchingTracer implements Tracer {
  readonly #ownership: Ownership
  readonly #name: string
  readonly #version: string | undefined
  readonly #options: TracerOptions | undefined
  #provider: TracerProvider | undefined
  #tracer: Tracer | undefined

  constructor(ownership: Ownership, name: string, version: string | undefined, options: TracerOptions | undefined) {
    this.#ownership = ownership
    this.#name = name
    this.#version = version
    this.#options = options
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    const span = this.#current().startSpan(name, options, context)
    rememberProducer(span, options)
    return span
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>
  startActiveSpan(name: string, ...args: unknown[]): unknown {
    return startActiveSpan(this, name, args)
  }

  #current(): Tracer {
    const provider = this.#ownership.provider ?? NOOP_PROVIDER
    if (this.#tracer === undefined || provider !== this.#provider) {
      this.#provider = provider
      this.#tracer = provider.getTracer(this.#name, this.#version, this.#options)
    }
    return this.#tracer
  }
}
