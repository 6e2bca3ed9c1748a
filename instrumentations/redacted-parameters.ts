// SPDX-License-Identifier: Apache-2.0

/** Parameters whose values are signatures or credentials: https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/. */
export const REDACTED_PARAMETERS = ['sig', 'Signature', 'AWSAccessKeyId', 'X-Goog-Signature', 'X-Amz-Signature'].concat(
  ['X-Amz-Credential', 'X-Amz-Security-Token'],
)

/** What stands in place of a secret. */
export const REDACTED = 'REDACTED'

/** Replaces those values, and writes the query anew. */
export function redactParameters(parameters: URLSearchParams): string {
  for (const name of REDACTED_PARAMETERS) if (parameters.has(name)) parameters.set(name, REDACTED)
  return parameters.toString()
}
