// SPDX-License-Identifier: Apache-2.0
import { HEADER_CORRELATION_ID } from '../correlation/names.ts'
import { type EntryRule, type EnvReader, kindOf } from './env.ts'
import { variable } from './variables.ts'

/** RFC 9110, section 5.6.2 (`token`), in the lower case that Node uses. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

const MAX_LENGTH = 128

/**
 * Headers that mean something else to HTTP, to a credential check or to tracing. We overwrite a configured name
 * in requests and responses, and log what it holds, so that any of these would break the app or reveal a secret.
 */
const RESERVED: ReadonlySet<string> = new Set(
  `accept age allow alt-svc authorization b3 baggage cache-control clear-site-data connection cookie cookie2 date dnt etag
  expect expires forwarded from host http2-settings keep-alive last-modified link location max-forwards origin pragma
  priority range referer referrer-policy refresh retry-after sentry-trace server set-cookie set-cookie2 signature
  signature-input strict-transport-security te traceparent tracestate trailer transfer-encoding uber-trace-id upgrade
  upgrade-insecure-requests user-agent vary via warning www-authenticate x-api-key x-auth-token x-content-type-options
  x-csrf-token x-frame-options x-http-method-override x-real-ip x-requested-with x-xsrf-token`.split(/\s+/),
)

const RESERVED_PREFIXES: readonly string[] = [
  'accept-',
  'access-control-',
  'content-',
  'if-',
  'proxy-',
  'sec-',
  'x-b3-',
  'x-datadog-',
  'x-forwarded-',
]

const HEADER_NAME: EntryRule = {
  allowed: `HTTP field names of at most ${MAX_LENGTH} characters that have no other meaning`,
  normalize: (name) => name.toLowerCase(),
  faultOf: (name) => {
    if (name.length > MAX_LENGTH) return kindOf(name)
    if (name === 'none') return 'the word none beside or in place of names'
    if (!FIELD_NAME.test(name)) return `${kindOf(name)} that is no HTTP field name`
    if (isReserved(name)) return 'a header name that has another meaning'
    return undefined
  },
}

/** Reads the inbound header names, by precedence. */
export function readHeaders(reader: EnvReader): readonly string[] {
  const row = variable('CORRELATION_HEADERS')
  return reader.list(row, HEADER_NAME, row.default.split(','))
}

/** Reads the response header's name; undefined means that none is sent. */
export function readResponseHeader(reader: EnvReader, headers: readonly string[]): string | undefined {
  return reader.name(variable('CORRELATION_RESPONSE_HEADER'), HEADER_NAME, ownHeaderOf(headers))
}

/** Reads the outbound header names; an empty list means that none is sent. */
export function readOutboundHeaders(reader: EnvReader, headers: readonly string[]): readonly string[] {
  const row = variable('CORRELATION_OUTBOUND_HEADER')
  if (reader.text(row.name)?.toLowerCase() === 'none') return Object.freeze([])
  return reader.list(row, HEADER_NAME, [ownHeaderOf(headers)])
}

/** The header to write where none is named. `x-amzn-trace-id` has a syntax of its own, which a bare ID would break. */
function ownHeaderOf(headers: readonly string[]): string {
  return headers.find((name) => name !== 'x-amzn-trace-id') ?? HEADER_CORRELATION_ID
}

function isReserved(name: string): boolean {
  // Node's `req.headers` is a plain object: `constructor` is there in every request.
  return name in Object.prototype || RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))
}
