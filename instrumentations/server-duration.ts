// SPDX-License-Identifier: Apache-2.0
import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions'

/** What the histogram has of a span's attributes: only those of few values. */
export function durationAttributes(attributes: Attributes): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD]: attributes[ATTR_HTTP_REQUEST_METHOD],
    [ATTR_URL_SCHEME]: attributes[ATTR_URL_SCHEME],
    [ATTR_NETWORK_PROTOCOL_VERSION]: attributes[ATTR_NETWORK_PROTOCOL_VERSION],
  }
}
