// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import {
  type Attributes,
  type Histogram,
  type MeterProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapSetter,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { activeContext } from '../src/correlation/active-context.ts'
import { hiddenField } from '../src/correlation/hidden-field.ts'
import { withSpan } from '../src/propagation/context-view.ts'
import type { HeaderBag } from './header-bag.ts'
import { createHttpDuration } from './http-duration.ts'
import { isKnownMethod } from './known-methods.ts'
import type { Origin, UndiciRequest } from './undici-request.ts'
import { type UrlParts, urlPartsOf } from './url-full.ts'

const SCOPE = '@org/correlation/undici'
const CLIENT = { kind: SpanKind.CLIENT }

type UndiciError = Error & { readonly code?: string | number }

interface Traced {
  readonly span: Span
  /** Of its duration, where that is measured. */
  readonly metric: Attributes | undefined
  readonly started: number
  isEnded: boolean
}

const tracedRequests = hiddenField<Traced>()

/** A line is added, as upstream does: one of the application's own stays. */
const setter: TextMapSetter<UndiciRequest> = {
  set(request, name, value) {
    if (typeof request.addHeader === 'function') request.addHeader(name, value)
    else if (typeof request.headers === 'string') request.headers += `${name}: ${value}\r\n`
    else request.headers.push(name, value)
  },
}

/** The client spans of `fetch` and undici, with the names, attributes and times of instrumentation-undici, while `isActive`. */
export class UndiciSpans {
  readonly #tracer: Tracer
  readonly #durations: Histogram | undefined
  readonly #isActive: () => boolean
  readonly #needsAttributes: boolean

  /** @param samplesByAttributes - Whether the sampler may look at them; else a request that is not recorded has none. */
  constructor(
    provider: TracerProvider,
    meterProvider: MeterProvider | undefined,
    isActive: () => boolean,
    samplesByAttributes: boolean,
  ) {
    this.#needsAttributes = samplesByAttributes || meterProvider !== undefined
    this.#tracer = provider.getTracer(SCOPE)
    this.#durations = createHttpDuration('client', meterProvider, SCOPE)
    this.#isActive = isActive
    this.#on<{ readonly response: { readonly statusCode: number } }>('headers', (traced, { response }) =>
      respond(traced, response.statusCode),
    )
    this.#on('trailers', (traced) => this.#end(traced))
    this.#on<{ readonly error: UndiciError }>('error', (traced, { error }) => {
      if (error.name !== 'AbortError') fail(traced, error)
      this.#end(traced)
    })
  }

  /** Starts the span of a request, and adds the trace context to its headers. */
  begin(request: UndiciRequest, origin: Origin, headers: HeaderBag): void {
    if (!this.#isActive()) return
    const active = activeContext()
    if (this.#durations === undefined && isTracingSuppressed(active)) return
    const url = origin.base === undefined ? undefined : urlPartsOf(origin.base, request.path)
    if (url === undefined) return
    const method = knownMethodOf(request)
    const early = this.#needsAttributes ? attributesOf(request, method, url, origin, headers) : undefined
    const options = early === undefined ? CLIENT : { kind: SpanKind.CLIENT, attributes: early }
    const span = this.#tracer.startSpan(method ?? 'HTTP', options, active)
    if (early === undefined && span.isRecording())
      span.setAttributes(attributesOf(request, method, url, origin, headers))
    propagation.inject(withSpan(active, span), request, setter)
    if (this.#durations === undefined && !span.isRecording()) return
    const metric = this.#durations === undefined || early === undefined ? undefined : metricOf(early)
    const started = this.#durations === undefined ? 0 : performance.now()
    tracedRequests.set(request, { span, metric, started, isEnded: false })
  }

  /** The request goes out over this connection. */
  send(request: UndiciRequest, socket: Socket): void {
    const traced = tracedRequests.get(request)
    if (traced === undefined) return
    const version = (socket as { readonly alpnProtocol?: unknown }).alpnProtocol === 'h2' ? '2' : '1.1'
    if (traced.metric !== undefined) traced.metric['network.protocol.version'] = version
    traced.span.setAttributes({
      'network.peer.address': socket.remoteAddress,
      'network.peer.port': socket.remotePort,
      'network.protocol.version': version,
    })
  }

  #end(traced: Traced): void {
    traced.isEnded = true
    traced.span.end()
    if (traced.metric !== undefined) this.#durations?.record((performance.now() - traced.started) / 1000, traced.metric)
  }

  #on<M = unknown>(event: string, listen: (traced: Traced, message: M) => void): void {
    subscribe(`undici:request:${event}`, (message) => {
      try {
        const traced = tracedRequests.get((message as { readonly request: UndiciRequest }).request)
        if (traced?.isEnded === false) listen(traced, message as M)
      } catch {
        // A subscriber that throws ends the process.
      }
    })
  }
}

/** The method in capitals, as it is named; undefined for one that is in no RFC. */
function knownMethodOf(request: UndiciRequest): string | undefined {
  const method = request.method.toUpperCase()
  return isKnownMethod(method) ? method : undefined
}

function attributesOf(
  request: UndiciRequest,
  method: string | undefined,
  url: UrlParts,
  { hostname, port, isClearText }: Origin,
  headers: HeaderBag,
): Attributes {
  const attributes: Attributes = {
    'http.request.method': method ?? '_OTHER',
    'http.request.method_original': request.method,
    'url.full': url.full,
    'url.path': url.path,
    'url.query': url.query,
    'url.scheme': isClearText ? 'http' : 'https',
    'server.address': hostname,
    'server.port': port,
  }
  const userAgent = headers.get('user-agent')
  if (userAgent !== undefined) attributes['user_agent.original'] = userAgent
  return attributes
}

function metricOf(attributes: Attributes): Attributes {
  return {
    'http.request.method': attributes['http.request.method'],
    'server.address': attributes['server.address'],
    'server.port': attributes['server.port'],
    'url.scheme': attributes['url.scheme'],
  }
}

function respond({ span, metric }: Traced, status: number): void {
  if (metric !== undefined) metric['http.response.status_code'] = status
  if (status < 400) {
    span.setAttribute('http.response.status_code', status)
    return
  }
  if (metric !== undefined) metric['error.type'] = String(status)
  span.setAttributes({ 'http.response.status_code': status, 'error.type': String(status) })
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function fail({ span, metric }: Traced, error: UndiciError): void {
  // A DOMException, as of a timeout, has a number, which says nothing.
  const type = typeof error.code === 'string' && error.code !== '' ? error.code : error.name || 'Error'
  if (metric !== undefined) metric['error.type'] = type
  span.setAttribute('error.type', type)
  span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
