// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Context, SpanStatusCode, trace } from '@opentelemetry/api'
import { getRPCMetadata } from '@opentelemetry/core'
import { ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { endSpan, type RequestState } from '../src/correlation/request-state.ts'
import { type Listed, OpenList } from './open-list.ts'
import { isServerSpan } from './request-context.ts'

/** A response that has not been closed, with its request's state and the context that is handled in. */
class OpenResponse implements Listed {
  place = -1
  readonly response: ServerResponse
  readonly state: RequestState
  context: Context

  constructor(response: ServerResponse, state: RequestState, context: Context) {
    this.response = response
    this.state = state
    this.context = context
  }
}

const openResponses = new OpenList<OpenResponse>()

const SWEEP_AT = 1024
let sweepAt = SWEEP_AT

/**
 * Keeps a response until {@link forgetOpen}, at its `close`. One that an adaptor made up (serverless platforms, injected requests)
 * may never be closed, and would stay here for ever, so only those on a connection that a server accepted are kept. A pipelined
 * one that still waited for its turn when the connection died has no `close` either, so the dead are swept out.
 */
export function rememberOpen(
  request: IncomingMessage,
  response: ServerResponse,
  state: RequestState,
  context: Context,
): void {
  const socket = request.socket as { readonly server?: unknown } | undefined
  if (socket?.server === undefined || response.destroyed) return
  const known = state.openResponse as OpenResponse | undefined
  if (known !== undefined) {
    // The application handed it on, from one server to another.
    known.context = context
    return
  }
  const open = new OpenResponse(response, state, context)
  state.openResponse = open
  openResponses.add(open)
  if (openResponses.size < sweepAt) return
  for (const each of openResponses) {
    if (each.response.req.socket?.destroyed !== false) forgetOpen(each.state)
  }
  sweepAt = Math.max(SWEEP_AT, openResponses.size * 2)
}

/** Lets go of the response to a request. */
export function forgetOpen(state: RequestState): void {
  const open = state.openResponse as OpenResponse | undefined
  if (open === undefined) return
  state.openResponse = undefined
  openResponses.remove(open)
}

/**
 * Ends the server spans of requests that the application has answered. They end when the response is closed, which is too late
 * for a handler that answers and calls `process.exit`.
 */
export function endAnsweredSpans(): void {
  for (const { response, state, context } of openResponses) {
    if (!response.writableEnded) continue
    forgetOpen(state)
    if (state.span !== undefined) {
      endSpan(state)
      continue
    }
    const span = trace.getSpan(context)
    // Ours are gone; an instrumentation of the application's may record with our SDK. Without one the active span is that of the code that called `listen`: the application's to end.
    if (span === undefined || !span.isRecording() || !isServerSpan(span)) continue
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode)
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    const route = getRPCMetadata(context)?.route
    if (route !== undefined) {
      span.setAttribute(ATTR_HTTP_ROUTE, route)
      span.updateName(`${response.req.method ?? 'GET'} ${route}`)
    }
    span.end()
  }
}
