// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Attributes,
  type Context,
  type Histogram,
  type MeterProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core'
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { type OpenSpan, type RequestState, setArriving } from '../src/correlation/request-state.ts'
import { RequestContext } from '../src/propagation/request-context.ts'
import type { Runtime } from '../src/runtime.ts'
import { createHttpDuration } from './http-duration.ts'
import { HTTP_SCOPE } from './http-scope.ts'
import { serverAttributes } from './server-attributes.ts'
import { durationAttributes } from './server-duration.ts'

/** Where server spans go. */
export interface ServerTracing {
  readonly provider: TracerProvider
  readonly meterProvider: MeterProvider | undefined
  /** Whether tracing is ours at this moment. */
  readonly isActive: () => boolean
  /** Whether the propagator would find anything in these headers; true where that is not known. */
  readonly hasRemoteContext: (headers: IncomingMessage['headers']) => boolean
  /** Samplers that decide by attributes need them before the span is there; without such a sampler unsampled spans have none. */
  readonly samplesByAttributes: boolean
}

/**
 * Server spans with the stable semantic conventions for HTTP, and the histogram of their durations.
 *
 * In place of the server half of @opentelemetry/instrumentation-http, whose spans have the same attributes: that one binds request and
 * response to a context, so that each listener of the application gets a wrapper, parses the URL twice, and adds listeners of its own.
 */
export class ServerSpans {
  readonly #tracing: ServerTracing
  readonly #runtime: Runtime
  readonly #tracer: Tracer
  readonly #durations: Histogram | undefined

  constructor(tracing: ServerTracing, runtime: Runtime) {
    this.#tracing = tracing
    this.#runtime = runtime
    this.#tracer = tracing.provider.getTracer(HTTP_SCOPE)
    this.#durations = createHttpDuration('server', tracing.meterProvider, HTTP_SCOPE)
  }

  /** Whether tracing is ours at this moment. */
  get isActive(): boolean {
    return this.#tracing.isActive()
  }

  /** Starts the span of a request, and returns the context that the application handles it in. */
  start(request: IncomingMessage, response: ServerResponse, state: RequestState, scheme: string): Context {
    const { headers } = request
    const parent = this.#tracing.hasRemoteContext(headers)
      ? extract(state, headers)
      : RequestContext.create(ROOT_CONTEXT, state, this.#runtime.baggageKey)
    const early =
      this.#tracing.samplesByAttributes || this.#durations !== undefined ? serverAttributes(request, scheme) : undefined
    const options = early === undefined ? SERVER : { kind: SpanKind.SERVER, attributes: early }
    const span = this.#tracer.startSpan(request.method || 'GET', options, parent)
    if (early === undefined && span.isRecording()) span.setAttributes(serverAttributes(request, scheme))
    // What is neither recorded nor measured needs no route, and no end.
    if (this.#durations === undefined && !span.isRecording()) return withSpan(parent, span, undefined)
    const rpc: RPCMetadata = { type: RPCType.HTTP, span }
    state.span = new OpenServerSpan(span, rpc, request, response, this.#durations, early)
    return withSpan(parent, span, rpc)
  }
}

class OpenServerSpan implements OpenSpan {
  readonly #span: Span
  readonly #rpc: RPCMetadata
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #durations: Histogram | undefined
  readonly #early: Attributes | undefined
  /** In milliseconds of `performance.now()`. */
  readonly #startedAt: number

  constructor(
    span: Span,
    rpc: RPCMetadata,
    request: IncomingMessage,
    response: ServerResponse,
    durations: Histogram | undefined,
    early: Attributes | undefined,
  ) {
    this.#span = span
    this.#rpc = rpc
    this.#request = request
    this.#response = response
    this.#durations = durations
    this.#early = early
    this.#startedAt = durations === undefined ? 0 : performance.now()
  }

  finish(): void {
    const span = this.#span
    const { route } = this.#rpc
    const { statusCode } = this.#response
    const isError = !(statusCode >= 100 && statusCode < 500)
    const attributes: Attributes = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: statusCode }
    if (route !== undefined) attributes[ATTR_HTTP_ROUTE] = route
    if (isError && statusCode < 600) attributes[ATTR_ERROR_TYPE] = String(statusCode)
    span.setAttributes(attributes)
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR })
    if (route) span.updateName(`${this.#request.method || 'GET'} ${route}`)
    this.#end(attributes)
  }

  fail(error: unknown): void {
    const span = this.#span
    const { name, message } = (error ?? {}) as Partial<Error>
    const attributes: Attributes = { [ATTR_ERROR_TYPE]: name }
    span.setAttributes(attributes)
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) })
    if (error !== undefined && error !== null) span.recordException(error as Error)
    this.#end(attributes)
  }

  #end(attributes: Attributes): void {
    this.#span.end()
    if (this.#durations === undefined || this.#early === undefined) return
    const seconds = (performance.now() - this.#startedAt) / 1000
    this.#durations.record(seconds, { ...durationAttributes(this.#early), ...attributes })
  }
}

/** An application's own propagator may hand out a context of another kind. */
function withSpan(parent: Context, span: Span, rpc: RPCMetadata | undefined): Context {
  if (parent instanceof RequestContext) return parent.withSpan(span, rpc)
  const context = trace.setSpan(parent, span)
  return rpc === undefined ? context : setRPCMetadata(context, rpc)
}

/** The propagator finds the state of a request that is arriving. */
function extract(state: RequestState, headers: IncomingMessage['headers']): Context {
  setArriving(state)
  try {
    return propagation.extract(ROOT_CONTEXT, headers)
  } finally {
    setArriving(undefined)
  }
}

const SERVER = { kind: SpanKind.SERVER }
