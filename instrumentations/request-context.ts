// SPDX-License-Identifier: Apache-2.0

import { type Context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api'
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core'
import { activeContext } from '../src/correlation/active-context.ts'
import { getId } from '../src/correlation/context.ts'
import { getRequestState, type RequestState, setRequestState } from '../src/correlation/request-state.ts'
import { RequestContext } from '../src/propagation/request-context.ts'
import type { Runtime } from '../src/runtime.ts'
import { decisionAttributes } from '../src/telemetry/span-processor.ts'

/** The active context where it belongs to the request already; else a context that does. */
export function contextOf(state: RequestState, runtime: Runtime): Context {
  const active = activeContext()
  // Where nearly every request comes in, and nothing is to be found.
  if (active === ROOT_CONTEXT) return RequestContext.create(active, state, runtime.baggageKey)
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
export function contextFrom(active: Context, state: RequestState, runtime: Runtime): Context {
  // An ID in force here that is not the request's is somebody else's: of the code that called `listen`, say.
  const isForeign = getId(active) !== undefined
  const base = !isForeign ? active : isTracingSuppressed(active) ? suppressTracing(ROOT_CONTEXT) : ROOT_CONTEXT
  return RequestContext.create(base, state, runtime.baggageKey)
}

/** The API does not show a span's kind; the SDK does, and a span that does not is taken for the request's. */
export function isServerSpan(span: Span): boolean {
  const { kind } = span as { readonly kind?: SpanKind }
  return kind === undefined || kind === SpanKind.SERVER
}
