// SPDX-License-Identifier: Apache-2.0
import { diag, type Span, SpanStatusCode } from '@opentelemetry/api'

/** Ends the span of a message, if it has one. Never throws: an exporter of any kind may be at work behind the end of a span. */
export function endMessageSpan(span: Span | undefined, error?: unknown): void {
  if (span === undefined) return
  try {
    if (error !== undefined) {
      span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER')
      span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof Error && { message: error.message }) })
      span.recordException(error instanceof Error ? error : String(error))
    }
    span.end()
  } catch (failure) {
    diag.error('@org/correlation: the span of a message could not be ended.', failure)
  }
}
