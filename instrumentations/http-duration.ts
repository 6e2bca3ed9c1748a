// SPDX-License-Identifier: Apache-2.0
import { type Histogram, type MeterProvider, ValueType } from '@opentelemetry/api'

/** In seconds, as https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ advises. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The histogram `http.server.request.duration` or `http.client.request.duration`; undefined where nobody collects metrics. */
export function createHttpDuration(
  side: 'server' | 'client',
  provider: MeterProvider | undefined,
  scope: string,
): Histogram | undefined {
  return provider?.getMeter(scope).createHistogram(`http.${side}.request.duration`, {
    description: `Duration of HTTP ${side} requests.`,
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
}
