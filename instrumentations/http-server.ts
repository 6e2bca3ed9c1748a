// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core'
import { getId } from '../src/correlation/context.ts'
import { decide } from '../src/correlation/decide.ts'
import {
  createRequestState,
  getRequestState,
  type RequestState,
  recallState,
  rememberState,
  setRequestState,
} from '../src/correlation/request-state.ts'
import { putBaggageEntry, readBaggageEntry } from '../src/propagation/baggage-entry.ts'
import { peerAddressOf } from '../src/propagation/peer-address.ts'
import type { Runtime } from '../src/runtime.ts'
import { readApiGlobal } from '../src/sdk/api-global.ts'
import { decisionAttributes } from '../src/telemetry/span-processor.ts'
import { rememberForwardable } from './forwarded-headers.ts'
import { openResponses, rememberOpen } from './open-responses.ts'
import { patchBind } from './own-bind.ts'
import { bindEmit } from './own-emit.ts'
import { rejectRequest, rejectUpgrade } from './reject.ts'
import { receivedValues, rewriteRequestHeaders } from './request-headers.ts'
import { countRequest, patchWriteHead } from './response-header.ts'

interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

type Emit = (this: unknown, ...args: unknown[]) => boolean

/**
 * Gives each request that Node's HTTP server parses its one ID, and makes it active.
 *
 * Deciding happens on a diagnostics channel and not in a hook of instrumentation-http: that one skips ignored paths and
 * is replaced when the application adds an instance of its own. `bindStore` has no effect on this channel, and
 * `enterWith` leaks into the next request of a keep-alive connection, so a patched `emit` makes the context active.
 *
 * It must be installed before instrumentation-http, whose wrapper then runs outside of ours.
 */
export function instrumentHttpServer(runtime: Runtime, onFirstRequest: () => void): void {
  let isFirst = true
  patchWriteHead(runtime)
  subscribe('http.server.request.start', (message) => {
    try {
      if (isFirst) {
        isFirst = false
        onFirstRequest()
      }
      const { request, response } = message as RequestStart
      const state = decideRequest(request, runtime)
      rememberState(response, state)
    } catch {
      // A subscriber that throws ends the process; the patched emit decides again.
    }
  })
  const manager = readApiGlobal()?.context as ContextManager | undefined
  if (manager !== undefined) patchBind(manager, (base, state) => contextFrom(base, state, runtime))
  patchEmit(http.Server.prototype, runtime)
  patchEmit(https.Server.prototype, runtime)
}

function decideRequest(request: IncomingMessage, runtime: Runtime): RequestState {
  const { config, baggageKey } = runtime
  const receivedBaggage = request.headers['baggage'] as string | undefined
  const decision = decide(
    {
      headers: config.headers.map((name) => receivedValues(request, name)),
      baggage: () => (baggageKey === undefined ? undefined : readBaggageEntry(receivedBaggage, baggageKey)),
      trusted: runtime.trust.all || runtime.trust.trusts(peerAddressOf(request.socket)),
    },
    runtime.rules,
  )
  const rewritten = config.rewriteRequest
    ? rewriteRequestHeaders(request, decision.id, config.headers, runtime.outboundHeaders)
    : undefined
  const state = createRequestState(decision, rewritten, receivedBaggage)
  rememberState(request.headers, state)
  // For applications that give the request another `headers` object.
  rememberState(request, state)
  rememberForwardable(state)
  return state
}

function patchEmit(prototype: object, runtime: Runtime): void {
  const target = prototype as { emit: Emit }
  const original = target.emit
  target.emit = function emit(this: unknown, ...args) {
    switch (args[0]) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return emitRequest(this, original, args, runtime)
      // The channel does not publish these two.
      case 'upgrade':
      case 'connect':
        return emitUpgrade(this, original, args, runtime)
      default:
        return original.apply(this, args)
    }
  }
}

function emitRequest(server: unknown, original: Emit, args: unknown[], runtime: Runtime): boolean {
  const request = args[1] as IncomingMessage
  const response = args[2] as ServerResponse
  let state: RequestState
  let requestContext: Context
  try {
    state = stateOf(request, runtime)
    requestContext = contextOf(state, runtime)
    if (state.decision.reject) {
      rejectRequest(response, state.decision)
      return true
    }
    const onClose = () => {
      openResponses.delete(response)
      countRequest(state, runtime)
    }
    bindEmit(request, requestContext, state, () => {
      // Only then: a request that was read to its end is closed long before it is answered.
      if (request.aborted) onClose()
    })
    bindEmit(response, requestContext, state, onClose)
    // The objects of an adaptor (serverless-http, inject) may never be closed.
    if (request.socket instanceof Socket) rememberOpen(response, requestContext)
  } catch {
    return original.apply(server, args)
  }
  if (requestContext === context.active()) return original.apply(server, args)
  return context.with(requestContext, original as (...args: unknown[]) => boolean, server, ...args)
}

function emitUpgrade(server: unknown, original: Emit, args: unknown[], runtime: Runtime): boolean {
  const request = args[1] as IncomingMessage
  const socket = args[2] as Duplex
  let state: RequestState
  let requestContext: Context
  try {
    state = stateOf(request, runtime)
    requestContext = contextOf(state, runtime)
    countRequest(state, runtime)
    if (state.decision.reject) {
      rejectUpgrade(socket, state.decision, runtime.config.responseHeader)
      return true
    }
    bindEmit(request, requestContext, state)
    bindEmit(socket, requestContext, state)
  } catch {
    return original.apply(server, args)
  }
  return context.with(requestContext, original as (...args: unknown[]) => boolean, server, ...args)
}

function stateOf(request: IncomingMessage, runtime: Runtime): RequestState {
  return recallState(request.headers) ?? recallState(request) ?? decideRequest(request, runtime)
}

/** The active context where it belongs to the request already; else a context that does. */
function contextOf(state: RequestState, runtime: Runtime): Context {
  const active = context.active()
  if (getRequestState(active) === state) return active
  state.suppressed = isTracingSuppressed(active)
  if (getId(active) === undefined) {
    // Another SDK's propagator was in place first, so its server span started without the ID. Any other span that is active
    // here is that of the code that called `listen`.
    const span = trace.getSpan(active)
    if (span?.isRecording() === true && isServerSpan(span) && runtime.config.spanAttribute !== undefined) {
      span.setAttribute(runtime.config.spanAttribute, state.id)
      const attributes = decisionAttributes(setRequestState(active, state))
      if (attributes !== undefined) span.setAttributes(attributes)
    }
  }
  return contextFrom(active, state, runtime)
}

/** A context that belongs to the request, made from the one that is active where it is handled. */
function contextFrom(active: Context, state: RequestState, runtime: Runtime): Context {
  // An ID in force here that is not the request's is somebody else's: of the code that called `listen`, say.
  const isForeign = getId(active) !== undefined
  const base = !isForeign ? active : isTracingSuppressed(active) ? suppressTracing(ROOT_CONTEXT) : ROOT_CONTEXT
  const own = setRequestState(base, state)
  return runtime.baggageKey === undefined ? own : putBaggageEntry(own, runtime.baggageKey, state.id)
}

/** The API does not show a span's kind; the SDK does, and a span that does not is taken for the request's. */
function isServerSpan(span: Span): boolean {
  const { kind } = span as { readonly kind?: SpanKind }
  return kind === undefined || kind === SpanKind.SERVER
}
