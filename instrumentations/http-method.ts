// SPDX-License-Identifier: Apache-2.0

const KNOWN: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
])

/**
 * The value of `http.request.method`: any other text would make it an attribute of unbounded cardinality
 * (https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/).
 */
export function knownMethodOf(method: string | undefined): string {
  if (method === undefined || method === null) return 'GET'
  if (KNOWN.has(method)) return method
  const upper = method.toUpperCase()
  return KNOWN.has(upper) ? upper : '_OTHER'
}
