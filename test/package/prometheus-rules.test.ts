// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { anchorsOf } from '../support/markdown.ts'
import type { SinkMetric } from '../support/otlp-decode.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { prometheusLabel, prometheusName } from '../support/prometheus-names.ts'
import { runApp } from '../support/run-app.ts'
import { ROOT } from '../support/run-command.ts'

interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** What a metric is called in Prometheus: its labels, and the values of each. */
type Series = Map<string, Map<string, Set<string>>>

const { groups } = parse(readFileSync(path.join(ROOT, 'otel-collector/prometheus-rules.yaml'), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[]
}
const RULES = groups.flatMap(({ rules }) => rules)
const RECORDED = new Set(RULES.flatMap(({ record }) => record ?? []))
/** Where the resource's `service.name` and `service.instance.id` go; the name of what a queue lost is upstream's. */
const FROM_ELSEWHERE: Readonly<Record<string, readonly string[]>> = { job: ['none'], error_type: [''] }

/** What an expression asks for that the package does not emit, in words. */
function unknownIn(expression: string, series: Series): readonly string[] {
  const problems: string[] = []
  const labels = new Set([...series.values()].flatMap((each) => [...each.keys()]))
  for (const [, name = '', matchers = ''] of expression.matchAll(
    /([a-z_:]*(?:_total\b|:[a-z_0-9:]+))(?:\{([^}]*)\})?/g,
  )) {
    if (!series.has(name) && !RECORDED.has(name)) problems.push(`no metric ${name}`)
    for (const [, label = '', value = ''] of matchers.matchAll(/(\w+)[=!]~?"([^"]*)"/g)) {
      const known = FROM_ELSEWHERE[label] ?? [...series.values()].flatMap((each) => [...(each.get(label) ?? [])])
      for (const each of value.split('|')) {
        if (!known.includes(each)) problems.push(`no ${label}="${each}"`)
      }
    }
  }
  for (const [, list = ''] of expression.matchAll(/\b(?:by|on|group_left) \(([^)]*)\)/g)) {
    for (const label of list.split(/, */).filter((each) => each !== '')) {
      if (!labels.has(label) && !(label in FROM_ELSEWHERE)) problems.push(`no label ${label}`)
    }
  }
  return problems
}

function seriesOf(metrics: readonly SinkMetric[]): Series {
  const series: Series = new Map()
  for (const { name, unit, points } of metrics) {
    const labels = series.get(prometheusName(name, unit)) ?? new Map<string, Set<string>>()
    series.set(prometheusName(name, unit), labels)
    for (const { attributes } of points) {
      for (const [key, value] of Object.entries(attributes)) {
        const label = prometheusLabel(key)
        labels.set(label, (labels.get(label) ?? new Set()).add(String(value)))
      }
    }
  }
  return series
}

/** Every reason, decision and presence that there is: what an app counts that is asked in every way. */
async function countedByAnApp(): Promise<readonly SinkMetric[]> {
  await using sink = await startOtlpSink()
  // Spans that leave at the end leave beside the last metrics, which may not count them yet.
  const env = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_BSP_SCHEDULE_DELAY: '10' }
  await using app = await runApp({
    fixture: 'winston-outside.cjs',
    sink,
    env: { ...env, CORRELATION_PROPAGATE_TO: 'localhost' },
  })
  const id = { 'x-correlation-id': 'an-id' }
  await app.request('/', { headers: id })
  await app.request('/', { headers: {} })
  await app.request('/', { headers: { 'x-correlation-id': 'an id' } })
  await app.request('/', { headers: { 'x-correlation-id': 'x'.repeat(129) } })
  await app.request('/', { headers: ['x-correlation-id', 'an-id', 'x-correlation-id', 'another'] })
  await app.request('/override', { headers: id })
  await app.request(`/call?url=http://localhost:${app.port}/`, { headers: id })
  await app.request(`/call?url=http://127.0.0.1:${app.port}/`, { headers: id })
  await sink.waitForMetrics((all) => all.some(({ name }) => name === 'otel.sdk.processor.span.processed'))
  await app.stop()
  await using strict = await runApp({ fixture: 'http.mjs', sink, env: { ...env, CORRELATION_TRUST: 'none' } })
  await strict.request('/', { headers: id })
  await strict.stop()
  return sink.metrics
}

describe('the rules for Prometheus', () => {
  let series: Series
  before(async () => {
    series = seriesOf(await countedByAnApp())
    // The label is there only where spans were lost, which `losses.test.ts` sees to.
    series.get('otel_sdk_processor_span_processed_total')?.set('error_type', new Set(['']))
  })

  it('ask for nothing but what the package counts', () => {
    assert.ok(RULES.length > 10)
    for (const { expr } of RULES) assert.deepEqual(unknownIn(expr, series), [], expr)
  })

  it('use every counter of the package', () => {
    const used = RULES.map(({ expr }) => expr).join('\n')
    const ours = [...series.keys()].filter((name) => name.startsWith('correlation_'))
    assert.deepEqual(ours.toSorted(), [
      'correlation_logs_total',
      'correlation_outbound_total',
      'correlation_requests_total',
    ])
    for (const name of ours) assert.ok(used.includes(name), name)
  })

  it('have an alert for every reason that is a fault', () => {
    const reasons = series.get('correlation_requests_total')?.get('correlation_reason') ?? new Set()
    const matched = RULES.filter(({ alert }) => alert !== undefined).flatMap(({ expr }) =>
      [...expr.matchAll(/correlation_reason=~?"([^"]*)"/g)].flatMap(([, value = '']) => value.split('|')),
    )
    assert.deepEqual(new Set([...matched, 'none']), reasons)
  })

  it('send people to a section that is there', () => {
    const anchors = anchorsOf(readFileSync(path.join(ROOT, 'docs/production.md'), 'utf8'))
    for (const { alert, annotations } of RULES.filter((rule) => rule.alert !== undefined)) {
      const [file, anchor = ''] = annotations?.['runbook']?.split('#') ?? []
      assert.equal(file, 'docs/production.md', alert)
      assert.ok(anchors.has(anchor), `${alert}: #${anchor}`)
    }
  })

  it('would be found out', () => {
    const wrong =
      'sum by (jobs) (rate(correlation_request_total{reason="missing", correlation_reason="absent"}[5m])) / job:nothing:rate5m'
    assert.deepEqual(unknownIn(wrong, series), [
      'no metric correlation_request_total',
      'no reason="missing"',
      'no correlation_reason="absent"',
      'no metric job:nothing:rate5m',
      'no label jobs',
    ])
  })
})
