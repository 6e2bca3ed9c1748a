// SPDX-License-Identifier: Apache-2.0

/**
 * What a counter of OpenTelemetry is called in Prometheus: letters, digits and underscores, no unit where it is an annotation in
 * braces, `_total` at the end. https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName(name: string, unit: string): string {
  if (!/^\{.*\}$/.test(unit)) return prometheusLabel(name)
  return `${prometheusLabel(name)}_total`
}

/** What an attribute is called. */
export function prometheusLabel(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_')
}
