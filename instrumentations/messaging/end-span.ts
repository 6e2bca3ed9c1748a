// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'

/**
 * Ends the span of a message, with what went wrong. Never throws.
 *
 * @param error - What was thrown; undefined for nothing.
 */
export function endSpan(span: Span | undefined, error: unknown, attributes?: Attributes): void {
  if (span === undefined) return
  try {
    if (attributes !== undefined) span.setAttributes(attributes)
    if (error !== undefined) setError(span, error)
  } catch {
    // What an application throws may have no text.
  }
  span.end()
}

/** https://opentelemetry.io/docs/specs/semconv/general/recording-errors/ */
function setError(span: Span, error: unknown): void {
  const isError = error instanceof Error
  span.setAttribute('error.type', isError ? error.name : '_OTHER')
  span.setStatus({ code: SpanStatusCode.ERROR, ...(isError && { message: error.message }) })
  span.recordException(isError ? error : String(error))
}
