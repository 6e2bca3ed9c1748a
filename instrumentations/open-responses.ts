// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Context, SpanStatusCode, trace } from '@opentelemetry/api'
import { getRPCMetadata } from '@opentelemetry/core'
import { ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions'
import { endSpan, recallState } from '../src/correlation/request-state.ts'
import { isServerSpan } from './request-context.ts'

/** Responses that have not been closed, each with the context of its request. */
const openResponses = new Map<ServerResponse, Context>()

const SWEEP_AT = 1024
let sweepAt = SWEEP_AT

/**
 * Keeps a response until {@link forgetOpen}, at its `close`. One that an adaptor made up (serverless platforms, injected requests)
 * may never be closed, and would stay here for ever, so only those on a connection that a server accepted are kept. A pipelined
 * one that still waited for its turn when the connection died has no `close` either, so the dead are swept out.
 */
export function rememberOpen(request: IncomingMessage, response: ServerResponse, context: Context): void {
  const socket = request.socket as { readonly server?: unknown } | undefined
  if (socket?.server === undefined || response.destroyed) return
  openResponses.set(response, context)
  if (openResponses.size < sweepAt) return
  for (const open of openResponses.keys()) {
    if (open.req.socket?.destroyed !== false) openResponses.delete(open)
  }
  sweepAt = Math.max(SWEEP_AT, openResponses.size * 2)
}

/** Lets go of a response that was closed. */
export function forgetOpen(response: ServerResponse): void {
  openResponses.delete(response)
}

/**
 * Ends the server spans of requests that the application has answered. They end when the response is closed, which is too late
 * for a handler that answers and calls `process.exit`.
 */
export function endAnsweredSpans(): void {
  for (const [response, context] of openResponses) {
    if (!response.writableEnded) continue
    openResponses.delete(response)
    const state = recallState(response)
    if (state?.span !== undefined) {
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
