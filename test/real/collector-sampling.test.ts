// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import type { OtlpSink } from '../support/otlp-sink.ts'
import { type SpanToSend, sendOtlp } from '../support/send-otlp.ts'
import type { Collector } from '../support/start-collector.ts'
import { startGateway } from '../support/start-gateway.ts'

const TRACES_OF_EACH_KIND = 200

/** One trace of three spans, which arrive in two parts as they do from two services. */
function trace(
  kind: string,
  special: Partial<SpanToSend> = {},
): readonly [readonly SpanToSend[], readonly SpanToSend[]] {
  const traceId = randomBytes(16).toString('hex')
  const attributes = { 'correlation.id': randomBytes(8).toString('hex'), 'http.route': `/${kind}` }
  const span = { traceId, name: kind, attributes }
  return [[span, span], [{ ...span, ...special }]]
}

const KINDS = { error: { error: true }, slow: { durationMs: 5000 }, fast: {} } as const

describe('tail sampling and span metrics', () => {
  it('keep every trace with an error and every slow one, whole, and none of the rest at a share of 0', async (t) => {
    const { collector, sink } = await startGateway(t, { SAMPLING_PERCENTAGE: '0', DECISION_WAIT: '2s' })
    await sendTraces(collector)
    const kept = 2 * TRACES_OF_EACH_KIND * 3
    await sink.waitForSpans(kept, 30_000)
    // What the share would have kept comes within the same seconds.
    const spans = await sink.waitForSpans(kept, 1_000)
    assert.deepEqual(countBy(spans.map(({ name }) => name)), {
      error: TRACES_OF_EACH_KIND * 3,
      slow: TRACES_OF_EACH_KIND * 3,
    })
    await allDecided(collector)
    assert.equal(sink.spans.length, kept)
  })

  it('keep about the share of the rest, whole traces only', async (t) => {
    const { collector, sink } = await startGateway(t, { SAMPLING_PERCENTAGE: '50', DECISION_WAIT: '2s' })
    await sendTraces(collector)
    await allDecided(collector)
    await sink.waitForSpans(
      (all) => all.filter(({ name }) => name !== 'fast').length === 2 * TRACES_OF_EACH_KIND * 3,
      30_000,
    )
    const fast = Object.values(countBy(sink.spans.filter(({ name }) => name === 'fast').map(({ traceId }) => traceId)))
    assert.deepEqual(new Set(fast), new Set([3]))
    // Of 200 at one half, fewer than 60 or more than 140 come once in 10^8 runs.
    assert.ok(fast.length > 60 && fast.length < 140, `${fast.length} of ${TRACES_OF_EACH_KIND}`)
  })

  it('count every span, kept or not, and know no ID', async (t) => {
    const { collector, sink } = await startGateway(t, { SAMPLING_PERCENTAGE: '0', DECISION_WAIT: '2s' })
    await sendTraces(collector)
    const total = 3 * TRACES_OF_EACH_KIND * 3
    const callsOf = (all: OtlpSink['metrics']) => all.filter(({ name }) => name === 'traces.span.metrics.calls')
    const sumOf = (points: readonly { readonly value: number }[]) => points.reduce((sum, { value }) => sum + value, 0)
    await sink.waitForMetrics((all) => sumOf(callsOf(all).at(-1)?.points ?? []) === total, 30_000)
    const points = callsOf(sink.metrics).at(-1)?.points ?? []
    // Two for errors, which are one span of three; one for each of the others.
    assert.equal(points.length, 4)
    assert.deepEqual([...new Set(points.map(({ attributes }) => attributes['http.route']))].sort(), [
      '/error',
      '/fast',
      '/slow',
    ])
    await sink.waitForSpans(2 * TRACES_OF_EACH_KIND * 3, 30_000)
    const ids = new Set(sink.spans.map(({ attributes }) => attributes['correlation.id']))
    assert.ok(ids.size > 0)
    for (const { points: each, resource } of sink.metrics) {
      for (const attributes of [resource, ...each.map((point) => point.attributes)]) {
        assert.ok(!('correlation.id' in attributes))
        assert.deepEqual(
          Object.values(attributes).filter((value) => ids.has(value)),
          [],
        )
      }
    }
  })
})

async function sendTraces({ otlpUrl }: Collector): Promise<void> {
  const traces = Object.entries(KINDS).flatMap(([kind, special]) =>
    Array.from({ length: TRACES_OF_EACH_KIND }, () => trace(kind, special)),
  )
  for (const part of [0, 1] as const) await sendOtlp(otlpUrl, { spans: traces.flatMap((each) => each[part]) })
}

/** Waits until the collector's own metrics say that it has decided on every trace. */
async function allDecided({ metricsUrl }: Collector): Promise<void> {
  const wanted = 3 * TRACES_OF_EACH_KIND
  for (let tries = 0; tries < 300; tries++) {
    const text = await (await fetch(metricsUrl)).text()
    const counts = [
      ...text.matchAll(/^otelcol_processor_tail_sampling_global_count_traces_sampled\S*\{[^}]*\} (\d+)$/gm),
    ]
    if (counts.reduce((sum, [, count]) => sum + Number(count), 0) === wanted) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The collector did not decide on ${wanted} traces in 30 s.`)
}

function countBy(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}
