// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Histogram, type MeterProvider, ValueType } from '@opentelemetry/api'

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Records a duration in seconds. */
export type RecordDuration = (seconds: number, attributes: Attributes) => void

/** Makes `http.client.request.duration`; undefined where nobody collects metrics, which spares the work. */
export function createClientDuration(provider: MeterProvider | undefined, scope: string) {
  if (provider === undefined) return undefined
  const histogram: Histogram = provider.getMeter(scope).createHistogram('http.client.request.duration', {
    description: 'Duration of HTTP client requests.',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
  return (seconds: number, attributes: Attributes) => histogram.record(seconds, attributes)
}
