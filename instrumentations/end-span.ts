// SPDX-License-Identifier: Apache-2.0
import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** Ends a span, with the error that ended what it stands for where there was one. Never throws: an application may throw what cannot be made text of. */
export function endSpan(span: Span | undefined, error?: unknown): void {
  if (span === undefined) return
  try {
    if (error !== undefined) describeError(span, error)
  } catch {
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

function describeError(span: Span, error: unknown): void {
  span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER')
  span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof Error && { message: error.message }) })
  span.recordException(error instanceof Error ? error : String(error))
}
