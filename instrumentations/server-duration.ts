// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Histogram, type MeterProvider, ValueType } from '@opentelemetry/api'
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_URL_SCHEME,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions'
import { HTTP_SCOPE } from './http-scope.ts'

/** In seconds, as https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ advises. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The histogram `http.server.request.duration`. */
export function createServerDuration(provider: MeterProvider): Histogram {
  return provider.getMeter(HTTP_SCOPE).createHistogram(METRIC_HTTP_SERVER_REQUEST_DURATION, {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
}

/** What the histogram has of a span's attributes: only those of few values. */
export function durationAttributes(attributes: Attributes): Attributes {
  return {
    [ATTR_HTTP_REQUEST_METHOD]: attributes[ATTR_HTTP_REQUEST_METHOD],
    [ATTR_URL_SCHEME]: attributes[ATTR_URL_SCHEME],
    [ATTR_NETWORK_PROTOCOL_VERSION]: attributes[ATTR_NETWORK_PROTOCOL_VERSION],
  }
}
