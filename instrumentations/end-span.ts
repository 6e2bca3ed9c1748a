// SPDX-License-Identifier: Apache-2.0
import { type Attributes, diag, type Span, SpanStatusCode } from '@opentelemetry/api'

/**
 * Ends a span, with what went wrong in what it stands for. Never throws: an application may throw what no text can be made of, and an exporter of any
 * kind may be at work behind the end of a span.
 *
 * @param error - What was thrown; undefined for nothing.
 * @param attributes - What is known only now.
 */
export function endSpan(span: Span | undefined, error?: unknown, attributes?: Attributes): void {
  if (span === undefined) return
  try {
    if (attributes !== undefined) span.setAttributes(attributes)
    if (error !== undefined) setError(span, error)
    span.end()
  } catch (failure) {
    diag.error('@org/correlation: a span could not be ended.', failure)
  }
}

/** https://opentelemetry.io/docs/specs/semconv/general/recording-errors/ */
function setError(span: Span, error: unknown): void {
  const isError = error instanceof Error
  span.setAttribute('error.type', isError ? error.name : '_OTHER')
  span.setStatus({ code: SpanStatusCode.ERROR, ...(isError && { message: error.message }) })
  span.recordException(isError ? error : textOf(error))
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'a value that no text can be made of'
  }
}
