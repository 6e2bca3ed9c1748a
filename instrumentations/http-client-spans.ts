// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest } from 'node:http'
import {
  type Attributes,
  type Histogram,
  type MeterProvider,
  propagation,
  SpanKind,
  type TextMapSetter,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { withSpan } from '../src/propagation/context-view.ts'
import { onClientUnwrap } from './client-marks.ts'
import { ClientSpan } from './client-span.ts'
import type { HeaderBag } from './header-bag.ts'
import { createHttpDuration } from './http-duration.ts'
import { HTTP_SCOPE } from './http-scope.ts'
import { isKnownMethod } from './known-methods.ts'
import type { OutgoingCall } from './outgoing-call.ts'
import { urlFullOf } from './url-full.ts'

const CLIENT = { kind: SpanKind.CLIENT }

const setter: TextMapSetter<HeaderBag> = { set: (bag, name, value) => bag.set(name.toLowerCase(), value) }

/**
 * The client spans of `node:http` and `node:https`, with the names, attributes and times of instrumentation-http, for as long as
 * `isActive` says that tracing is ours.
 *
 * Ours and not upstream's, which copies the options of each request, binds request and response listener by listener, and adds
 * listeners of its own, so that Node no longer discards a response that nobody reads.
 */
export class HttpClientSpans {
  readonly #tracer: Tracer
  readonly #durations: Histogram | undefined
  readonly #isActive: () => boolean
  readonly #needsAttributes: boolean
  /** The protocols that an instrumentation of the application's own has taken over. */
  readonly #taken = new Set<string>()

  /** @param samplesByAttributes - Whether the sampler may look at them; else a call that is not recorded has none. */
  constructor(
    provider: TracerProvider,
    meterProvider: MeterProvider | undefined,
    isActive: () => boolean,
    samplesByAttributes: boolean,
  ) {
    this.#needsAttributes = samplesByAttributes || meterProvider !== undefined
    this.#tracer = provider.getTracer(HTTP_SCOPE)
    this.#durations = createHttpDuration('client', meterProvider, HTTP_SCOPE)
    this.#isActive = isActive
    onClientUnwrap((protocol) => this.#taken.add(protocol))
  }

  /** Starts the span of a request that was just made, and writes the trace context into its headers. */
  begin(request: ClientRequest, call: OutgoingCall, headers: HeaderBag): void {
    if (call.isBegun) return
    call.isBegun = true
    const { protocol } = request
    if (!this.#isActive() || this.#taken.has(protocol)) return
    if (this.#durations === undefined && isTracingSuppressed(call.made)) return
    const early = this.#needsAttributes ? attributesOf(request, call, headers) : undefined
    const options = early === undefined ? CLIENT : { kind: SpanKind.CLIENT, attributes: early }
    const span = this.#tracer.startSpan(request.method, options, call.made)
    if (early === undefined && span.isRecording()) span.setAttributes(attributesOf(request, call, headers))
    call.isTraced = true
    if (this.#durations !== undefined || span.isRecording()) call.span = new ClientSpan(span, this.#durations, early)
    propagation.inject(withSpan(call.made, span), headers, setter)
  }

  /** The request has its agent by now, if it gets one. */
  locate(request: ClientRequest, { port, span }: OutgoingCall): void {
    if (port !== undefined) span?.locate(port, urlOf(request, port))
  }
}

function attributesOf(request: ClientRequest, call: OutgoingCall, headers: HeaderBag): Attributes {
  const { method, host, protocol } = request
  const port = call.port ?? portOf(headers.get('host'), host) ?? (protocol === 'https:' ? 443 : 80)
  const isKnown = isKnownMethod(method)
  const attributes: Attributes = {
    'http.request.method': isKnown ? method : '_OTHER',
    'server.address': host,
    'server.port': port,
    'url.full': urlOf(request, port),
  }
  const userAgent = headers.get('user-agent')
  if (userAgent !== undefined) attributes['user_agent.original'] = userAgent
  if (!isKnown) attributes['http.request.method_original'] = method
  return attributes
}

function urlOf({ protocol, host, path }: ClientRequest, port: number): string {
  return urlFullOf(protocol, host, port, path)
}

/** Without an agent only the Host line says the port, where it is Node's own. */
function portOf(hostHeader: string | undefined, host: string): number | undefined {
  const start = host.includes(':') ? `[${host}]:` : `${host}:`
  if (hostHeader === undefined || !hostHeader.startsWith(start)) return undefined
  const port = Number(hostHeader.slice(start.length))
  return Number.isInteger(port) && port > 0 ? port : undefined
}
