// SPDX-License-Identifier: Apache-2.0

/** The header that carries the correlation ID between services, in the lower case Node uses. */
export const HEADER_CORRELATION_ID = 'x-correlation-id'

/** The header that meshes and proxies use for the same purpose; read by default, never written unless asked for. */
export const HEADER_REQUEST_ID = 'x-request-id'

/** The W3C baggage key. See https://www.w3.org/TR/baggage/. */
export const BAGGAGE_CORRELATION_ID = 'correlation.id'

/** The span and log-record attribute. No OpenTelemetry semantic convention defines one today. */
export const ATTR_CORRELATION_ID = 'correlation.id'

/** A well-formed ID from a peer that is not trusted, kept apart from the one in force. */
export const ATTR_CORRELATION_RECEIVED_ID = 'correlation.received_id'

/** Why the ID on a server span is not the caller's. */
export const ATTR_CORRELATION_REASON = 'correlation.reason'

/** The field in log lines, beside `trace_id` and `span_id`. */
export const LOG_CORRELATION_ID = 'correlation_id'
