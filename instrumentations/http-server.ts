// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { type Context, type ContextManager, context } from '@opentelemetry/api'
import { decide } from '../src/correlation/decide.ts'
import {
  createRequestState,
  getRequestState,
  type RequestState,
  recallState,
  rememberState,
  setArriving,
} from '../src/correlation/request-state.ts'
import { readBaggageEntry } from '../src/propagation/baggage-entry.ts'
import { peerAddressOf } from '../src/propagation/peer-address.ts'
import type { Runtime } from '../src/runtime.ts'
import { rememberForwardable } from './forwarded-headers.ts'
import { forgetOpen, rememberOpen } from './open-responses.ts'
import { patchBind } from './own-bind.ts'
import { bindEmit } from './own-emit.ts'
import { rejectRequest, rejectUpgrade } from './reject.ts'
import { contextFrom, contextOf } from './request-context.ts'
import { receivedValues, rewriteRequestHeaders } from './request-headers.ts'
import { countRequest, patchWriteHead } from './response-header.ts'

interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server: object
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
export function instrumentHttpServer(runtime: Runtime, contextManager: ContextManager): void {
  patchWriteHead(runtime)
  subscribe('http.server.request.start', (message) => {
    try {
      const { request, response, server } = message as RequestStart
      const state = decideRequest(request, runtime)
      rememberState(response, state)
      setArriving(state)
      if (!(server instanceof http.Server || server instanceof https.Server)) patchOther(server, runtime)
      // Not every server's `request` event need come by here.
      queueMicrotask(endArriving)
    } catch {
      // A subscriber that throws ends the process; the patched emit decides again.
    }
  })
  patchBind(contextManager, (base, state) => contextFrom(base, state, runtime))
  patchEmit(http.Server.prototype, runtime)
  patchEmit(https.Server.prototype, runtime)
}

function endArriving(): void {
  setArriving(undefined)
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

const others = new WeakSet<object>()

/** An HTTP/2 server with `allowHTTP1` has Node's HTTP/1 parser too, and is no `http.Server`. Requests over HTTP/2 stay as they are. */
function patchOther(server: object, runtime: Runtime): void {
  if (others.has(server)) return
  others.add(server)
  const original = (server as { emit: Emit }).emit
  const emit: Emit = function (this: unknown, ...args) {
    const isParsed = REQUEST_EVENTS.has(args[0]) && recallState(args[1]) !== undefined
    return isParsed ? emitRequest(this, original, args, runtime) : original.apply(this, args)
  }
  Object.defineProperty(server, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
}

const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

function emitRequest(server: unknown, original: Emit, args: unknown[], runtime: Runtime): boolean {
  const request = args[1] as IncomingMessage
  const response = args[2] as ServerResponse
  let state: RequestState
  let requestContext: Context
  setArriving(undefined)
  try {
    state = stateOf(request, runtime)
    requestContext = contextOf(state, runtime)
    if (state.decision.reject) {
      rejectRequest(response, state.decision)
      return true
    }
    const onClose = () => {
      forgetOpen(response)
      countRequest(state, runtime)
    }
    bindEmit(request, requestContext, belongsTo(state), () => {
      // Only then: a request that was read to its end is closed long before it is answered.
      if (request.aborted) onClose()
    })
    bindEmit(response, requestContext, belongsTo(state), onClose)
    rememberOpen(request, response, requestContext)
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
    bindEmit(request, requestContext, belongsTo(state))
    bindEmit(socket, requestContext, belongsTo(state))
  } catch {
    return original.apply(server, args)
  }
  return context.with(requestContext, original as (...args: unknown[]) => boolean, server, ...args)
}

function belongsTo(state: RequestState): (active: Context) => boolean {
  return (active) => getRequestState(active) === state
}

function stateOf(request: IncomingMessage, runtime: Runtime): RequestState {
  return recallState(request.headers) ?? recallState(request) ?? decideRequest(request, runtime)
}
