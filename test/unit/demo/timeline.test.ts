// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderTimeline } from '../../../examples/demo/render.ts'
import { buildTimeline, hasJob, idsOf, servicesOf, type Timeline } from '../../../examples/demo/timeline.ts'
import { SALE_ID, SALE_LINES, SALE_SPANS, saleLine, saleSpan } from './recorded-sale.ts'

/** Offset, depth, service and text of each entry. */
function rows(timeline: Timeline) {
  return timeline.entries.map(({ offsetMs, depth, service, what }) => [
    Math.round(offsetMs * 10) / 10,
    depth,
    service,
    what.type === 'span' ? what.name : what.message,
  ])
}

describe('buildTimeline()', () => {
  it('puts spans and lines of all services under their parents in the order of time', () => {
    assert.deepEqual(rows(buildTimeline(SALE_ID, SALE_SPANS, SALE_LINES)), [
      [0, 0, 'shop', 'GET /checkout/:item'],
      [0.5, 1, 'shop', 'checkout of tea'],
      [0.5, 1, 'shop', 'handler'],
      [2.6, 1, 'shop', 'GET http://pricing/prices/tea'],
      [3.9, 2, 'pricing', 'GET /prices/tea'],
      [3.9, 3, 'pricing', 'looking up tea'],
      [10.5, 1, 'shop', 'tea costs 6'],
    ])
  })

  it('shows a line before the call that begins in the same millisecond', () => {
    const root = { service: 'shop', spanId: 'a', name: 'GET /', kind: 'SERVER', from: 0, to: 9 } as const
    const call = {
      service: 'shop',
      spanId: 'b',
      parentSpanId: 'a',
      name: 'GET',
      kind: 'CLIENT',
      from: 4,
      to: 8,
    } as const
    const timeline = buildTimeline(SALE_ID, [saleSpan(call), saleSpan(root)], [saleLine('shop', 'a', 4, 'calling')])
    assert.deepEqual(
      rows(timeline).map((row) => row[3]),
      ['GET /', 'calling', 'GET'],
    )
  })

  it('leaves out what carries another ID or none', () => {
    const { line } = saleLine('shop', 'a', 1, 'of another')
    const others = [
      { service: 'shop', line: { ...line, correlation_id: 'another' } },
      { service: 'shop', line: { level: 'info', message: 'of nobody' } },
    ]
    const spans = [
      saleSpan({ service: 'shop', spanId: 'a', name: 'GET', kind: 'SERVER', from: 0, to: 1, id: 'another' }),
    ]
    assert.deepEqual(buildTimeline(SALE_ID, spans, others), { id: SALE_ID, entries: [] })
  })

  it('starts at the root what has a parent that did not come, and lines outside any span', () => {
    const spans = SALE_SPANS.filter((span) => span.spanId !== 'b')
    const lines = [saleLine('notifier', undefined, 20, 'outside'), saleLine('notifier', 'zzz', 21, 'of a lost span')]
    const roots = buildTimeline(SALE_ID, spans, lines).entries.filter((entry) => entry.depth === 0)
    assert.deepEqual(
      roots.map((entry) => entry.service),
      ['shop', 'pricing', 'notifier', 'notifier'],
    )
  })

  it('keeps traces apart that share an ID', () => {
    const job = { service: 'worker', spanId: 'b', parentSpanId: 'a', name: 'job', kind: 'CONSUMER' } as const
    const spans = [...SALE_SPANS, saleSpan({ ...job, traceId: 'ffff', from: 30, to: 31 })]
    const last = buildTimeline(SALE_ID, spans, []).entries.at(-1)
    assert.equal(last?.service, 'worker')
    assert.equal(last?.depth, 0)
  })

  it('names what a span is linked to, of what it shows', () => {
    const job = {
      service: 'shop',
      spanId: 'j',
      name: 'process',
      kind: 'CONSUMER',
      from: 20,
      to: 21,
      traceId: 'ffff',
    } as const
    const [, , request] = SALE_SPANS
    assert.ok(request)
    const links = [request, { traceId: 'eeee', spanId: 'a' }].map(({ traceId, spanId }) => ({
      traceId,
      spanId,
      attributes: {},
    }))
    const timeline = buildTimeline(SALE_ID, [...SALE_SPANS, { ...saleSpan(job), links }], [])
    const last = timeline.entries.at(-1)?.what
    assert.deepEqual(last?.type === 'span' && last.linkedTo, ['GET /checkout/:item'])
    assert.ok(hasJob(timeline))
    assert.ok(!hasJob(buildTimeline(SALE_ID, SALE_SPANS, [])))
    assert.match(renderTimeline(timeline), /▸ process {2}consumer {2}linked to GET \/checkout\/:item {2}\(1\.0 ms\)$/)
  })

  it('tells status, failure and duration of a span', () => {
    assert.deepEqual(buildTimeline(SALE_ID, SALE_SPANS, []).entries[0]?.what, {
      type: 'span',
      name: 'GET /checkout/:item',
      kind: 'SERVER',
      failed: true,
      httpStatus: 502,
      durationMs: 14.75,
      linkedTo: [],
    })
  })
})

describe('idsOf()', () => {
  it('names each ID once and skips spans without one', () => {
    const base = { service: 'shop', name: 'GET', kind: 'SERVER', from: 0, to: 1 } as const
    const spans = ['b', 'a', 'b'].map((id) => saleSpan({ ...base, spanId: id, id }))
    assert.deepEqual(
      idsOf([...spans, saleSpan({ ...base, spanId: 'c', attributes: { 'correlation.id': undefined } })]),
      ['b', 'a'],
    )
  })
})

describe('servicesOf()', () => {
  it('names the services once', () => {
    assert.deepEqual([...servicesOf(buildTimeline(SALE_ID, SALE_SPANS, SALE_LINES))], ['shop', 'pricing'])
  })
})
