// SPDX-License-Identifier: Apache-2.0
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import type { Context } from '@opentelemetry/api'
import { activeContext, withContext } from '../src/correlation/active-context.ts'
import { countOpened } from '../src/correlation/open-requests.ts'
import {
  attachState,
  endSpan,
  getArriving,
  getRequestState,
  type RequestState,
  recallState,
  setArriving,
} from '../src/correlation/request-state.ts'
import type { Runtime } from '../src/runtime.ts'
import { isMock } from './mock-request.ts'
import { rememberOpen } from './open-responses.ts'
import { bindEmit } from './own-emit.ts'
import { rejectRequest, rejectUpgrade } from './reject.ts'
import { contextOf } from './request-context.ts'
import { bindRequestEmitter, emitsInContext, patchRequestEmit, rememberNodesListeners } from './request-emit.ts'
import { requestClosed, responseClosed } from './request-end.ts'
import { countRequest } from './response-header.ts'
import type { ServerSpans } from './server-span.ts'
import { markAsWrapped } from './wrapper-marks.ts'

type Emit = (this: unknown, ...args: unknown[]) => boolean

/** What a server's `emit` needs of the rest. */
export interface ServerEmitParts {
  readonly runtime: Runtime
  readonly spans: ServerSpans | undefined
  /** Decides a request that no channel told of: an upgrade, or one that an adaptor made up. */
  readonly decide: (request: IncomingMessage) => RequestState
}

interface Patched extends ServerEmitParts {
  readonly scheme: string
  /** False from when the application's own instrumentation makes the spans. */
  traces: boolean
}

const seen = new WeakSet<object>()
/** Of the two prototypes: a server that has one of them is patched already. */
const patchedEmits: { http?: Emit; https?: Emit } = {}
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

/** Patches the `emit` of Node's servers, where a request is handed to the application. */
export function patchServerEmit(parts: ServerEmitParts): void {
  patchRequestEmit({
    requestClosed: (request, state) => requestClosed(request as IncomingMessage, state, parts.runtime),
    responseClosed: (_response, state) => responseClosed(state, parts.runtime),
    responseFailed: (state, error) => endSpan(state, { cause: error }),
  })
  patchedEmits.http = patchEmit(http.Server.prototype, { ...parts, scheme: 'http', traces: true })
  patchedEmits.https = patchEmit(https.Server.prototype, { ...parts, scheme: 'https', traces: true })
}

/** An HTTP/2 server with `allowHTTP1` has Node's HTTP/1 parser too, and is no `http.Server`. Requests over HTTP/2 stay as they are. */
export function patchOtherServer(server: object, parts: ServerEmitParts): void {
  const { emit: known } = server as { readonly emit: Emit }
  if (known === patchedEmits.http || known === patchedEmits.https || seen.has(server)) return
  seen.add(server)
  if (server instanceof http.Server || server instanceof https.Server) return
  const original = (server as { emit: Emit }).emit
  const patched: Patched = { ...parts, scheme: 'https', traces: false }
  const emit: Emit = function (this: unknown, ...args) {
    const isParsed = REQUEST_EVENTS.has(args[0]) && recallState(args[1]) !== undefined
    return isParsed ? emitRequest(this, original, args, patched) : original.apply(this, args)
  }
  Object.defineProperty(server, 'emit', { value: emit, writable: true, configurable: true, enumerable: false })
}

function patchEmit(prototype: object, patched: Patched): Emit {
  const target = prototype as { emit: Emit }
  const original = target.emit
  const emit: Emit = function emit(this: unknown, ...args) {
    switch (args[0]) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return emitRequest(this, original, args, patched)
      // The channel does not publish these two.
      case 'upgrade':
      case 'connect':
        return emitUpgrade(this, original, args, patched)
      default:
        return original.apply(this, args)
    }
  }
  target.emit = emit
  if (patched.spans !== undefined) {
    markAsWrapped(emit, original, () => {
      patched.traces = false
    })
  }
  return emit
}

function emitRequest(server: unknown, original: Emit, args: unknown[], patched: Patched): boolean {
  const request = args[1] as IncomingMessage
  const response = args[2] as ServerResponse
  const { runtime, spans } = patched
  let state: RequestState
  let requestContext: Context
  const arriving = getArriving()
  setArriving(undefined)
  try {
    state = stateOf(request, patched)
    const isNodes = arriving === state
    const isTraced = isNodes || !isMock(request, response)
    requestContext = startSpan(args[0], isTraced, request, response, state, patched) ?? contextOf(state, runtime)
    // Emitted by Node itself, so that whoever listens by now is Node, and will be told of the end.
    if (isNodes) rememberNodesListeners(request, response, state)
    if (isNodes) countOpened(state)
    bind(request, response, state, requestContext, patched)
    // An instrumentation of the application's may record with our SDK.
    if (state.span !== undefined || (!patched.traces && spans?.isActive === true))
      rememberOpen(request, response, state, requestContext)
    if (state.decision.reject) {
      rejectRequest(response, state.decision)
      return true
    }
  } catch {
    return original.apply(server, args)
  }
  if (requestContext === activeContext()) return original.apply(server, args)
  if (state.span === undefined) return withContext(requestContext, original, server, ...args)
  try {
    return withContext(requestContext, original, server, ...args)
  } catch (error) {
    endSpan(state, { cause: error })
    throw error
  }
}

function startSpan(
  event: unknown,
  isTraced: boolean,
  request: IncomingMessage,
  response: ServerResponse,
  state: RequestState,
  { spans, traces, scheme }: Patched,
): Context | undefined {
  // An application hands requests on from one server to another by `emit`: there is one span for each.
  if (!isTraced || !traces || spans === undefined || event !== 'request' || state.span !== undefined) return undefined
  if (!spans.isActive || getRequestState(activeContext()) === state) return undefined
  return spans.start(request, response, state, scheme)
}

function bind(
  request: IncomingMessage,
  response: ServerResponse,
  state: RequestState,
  requestContext: Context,
  { runtime }: ServerEmitParts,
): void {
  state.context ??= requestContext
  if (recallState(response) !== state) attachState(response, state)
  if (!emitsInContext(request)) bindRequestEmitter(request, state, () => requestClosed(request, state, runtime))
  if (!emitsInContext(response)) bindRequestEmitter(response, state, () => responseClosed(state, runtime))
}

function emitUpgrade(server: unknown, original: Emit, args: unknown[], parts: Patched): boolean {
  const request = args[1] as IncomingMessage
  const socket = args[2] as Duplex
  const { runtime } = parts
  let state: RequestState
  let requestContext: Context
  try {
    state = stateOf(request, parts)
    requestContext = contextOf(state, runtime)
    countRequest(state, runtime)
    if (state.decision.reject) {
      rejectUpgrade(socket, state.decision, runtime.config.responseHeader)
      return true
    }
    state.context ??= requestContext
    if (!emitsInContext(request)) bindRequestEmitter(request, state)
    bindEmit(socket, requestContext, (active) => getRequestState(active) === state)
  } catch {
    return original.apply(server, args)
  }
  return withContext(requestContext, original, server, ...args)
}

function stateOf(request: IncomingMessage, parts: ServerEmitParts): RequestState {
  const known = recallState(request)
  if (known !== undefined) return known
  const state = recallState(request.headers) ?? parts.decide(request)
  attachState(request, state)
  return state
}
