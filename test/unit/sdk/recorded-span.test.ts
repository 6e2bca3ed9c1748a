// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import {
  type Exception,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
} from '@opentelemetry/api'
import type { SpanLimits } from '../../../src/sdk/span-limits.ts'
import { doWithBoth } from './both-tracers.ts'

interface Case {
  readonly use?: (span: Span) => void
  readonly start?: SpanOptions
  readonly limits?: Partial<SpanLimits>
}

const link = (i: number, attributes?: Link['attributes']): Link => ({
  context: { traceId: `${i}`.padStart(32, 'a'), spanId: `${i}`.padStart(16, 'b'), traceFlags: 1 },
  ...(attributes !== undefined && { attributes }),
})
const links = (count: number) => Array.from({ length: count }, (_, i) => link(i))
const record = (exception: unknown) => (span: Span) => span.recordException(exception as Exception)
const ERROR = { code: SpanStatusCode.ERROR, message: 'x' }
const OK = { code: SpanStatusCode.OK }
const WALL = 1_750_000_000_000

const CASES: Readonly<Record<string, Case>> = {
  'nothing but a start': {},
  'an end': { use: (span) => span.end() },
  'two ends': {
    use: (span) => {
      span.end(WALL + 5)
      span.end(WALL + 50)
    },
  },
  'an end at a date': { use: (span) => span.end(new Date(WALL + 123)) },
  'an end at a number of Unix milliseconds': { use: (span) => span.end(WALL + 12.5) },
  'an end at a number of performance.now()': { use: (span) => span.end(1010.25) },
  'an end at seconds and nanoseconds': { use: (span) => span.end([1_750_000_001, 5]) },
  'an end at what is no time': { use: (span) => span.end('soon' as unknown as number) },
  'an end at null': { use: (span) => span.end(null as unknown as number) },
  'a start at a date': { start: { startTime: new Date(WALL - 7) }, use: (span) => span.end() },
  'a start at Unix milliseconds': { start: { startTime: WALL - 7.25 }, use: (span) => span.end() },
  'a start at performance.now()': { start: { startTime: 999.5 }, use: (span) => span.end() },
  'a start at zero': { start: { startTime: 0 }, use: (span) => span.end() },
  'a start at seconds and nanoseconds': { start: { startTime: [5, 999_999_999] }, use: (span) => span.end([6, 0]) },
  'a start at null': { start: { startTime: null as unknown as number }, use: (span) => span.end() },
  'a start at what is no time': { start: { startTime: 'x' as unknown as number }, use: (span) => span.end() },
  'a start that is not a number': { start: { startTime: Number.NaN }, use: (span) => span.end() },
  'an end before its start': { start: { startTime: WALL }, use: (span) => span.end(WALL - 1) },
  'an end long before its start': { start: { startTime: [9, 5] }, use: (span) => span.end([2, 5]) },
  'calls after the end': {
    use: (span) => {
      span.end()
      span.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('e').addLink(link(1)).addLinks(links(2))
      span.setStatus(ERROR).updateName('other').recordException('late')
    },
  },
  'a name': { use: (span) => span.updateName('other').end() },
  'an event of each form': {
    use: (span) => {
      span
        .addEvent('plain')
        .addEvent('attributes', { a: 1, b: ['x', 'y'] })
        .addEvent('time', WALL + 1)
      span.addEvent('both', { a: 1 }, new Date(WALL + 2)).addEvent('two times', [7, 8], [9, 10])
      span.addEvent('first time', [7, 8], 'x' as unknown as number).addEvent('later', undefined, 1005)
      span.addEvent('neither', 'x' as unknown as number, 'y' as unknown as number).addEvent('null', null as never)
    },
  },
  'events that hold what they may not': {
    use: (span) => span.addEvent('e', { a: { b: 1 }, c: [1, 'x'], '': 1, d: undefined, e: null } as never),
    limits: { attributePerEventCountLimit: 2 },
  },
  'long text in an event and in a link': {
    use: (span) => span.addEvent('e', { a: '123456', b: ['123456'] }).addLink(link(1, { a: '123456' })),
    limits: { attributeValueLengthLimit: 4 },
  },
  'more events than fit': {
    use: (span) => ['1', '2', '3', '4'].forEach((name) => void span.addEvent(name)),
    limits: { eventCountLimit: 2 },
  },
  'no events': { use: (span) => span.addEvent('1').addEvent('2'), limits: { eventCountLimit: 0 } },
  'links at the start': { start: { links: [link(1, { a: 1, b: { c: [1] } }), link(2)] } },
  'more links at the start than fit': { start: { links: links(5) }, limits: { linkCountLimit: 2 } },
  'no links at the start': { start: { links: links(2) }, limits: { linkCountLimit: 0 } },
  'null for links at the start': { start: { links: null as unknown as Link[] } },
  'null for attributes at the start': { start: { attributes: null as never } },
  'null for a kind': { start: { kind: null as never } },
  'links later': {
    use: (span) => span.addLink(link(7, { a: 1, b: 2, c: 3 })).addLinks(links(3)),
    limits: { linkCountLimit: 3, attributePerLinkCountLimit: 2 },
  },
  'links at the start and later': {
    start: { links: links(3) },
    use: (span) => span.addLinks([link(8), link(9)]),
    limits: { linkCountLimit: 3 },
  },
  'no links later': { use: (span) => span.addLinks(links(2)), limits: { linkCountLimit: 0 } },
  'an error with a message': { use: (span) => span.setStatus(ERROR) },
  'an error without one': { use: (span) => span.setStatus({ code: SpanStatusCode.ERROR }) },
  'a message that is no text': { use: (span) => span.setStatus({ ...ERROR, message: 5 as unknown as string }) },
  'an error, then none': { use: (span) => span.setStatus(ERROR).setStatus({ code: SpanStatusCode.UNSET }) },
  'an error, then OK': { use: (span) => span.setStatus(ERROR).setStatus({ ...OK, message: 'dropped' }) },
  'OK, then an error': { use: (span) => span.setStatus(OK).setStatus(ERROR) },
  'an error, then another': { use: (span) => span.setStatus(ERROR).setStatus({ ...ERROR, message: 'y' }) },
  'a text for an exception': { use: record('text') },
  'an empty text for an exception': { use: record('') },
  'an exception at a time': { use: (span) => span.recordException('text', WALL + 3) },
  'a code, a name, a message and a stack': { use: record({ code: 'E', name: 'N', message: 'm', stack: 's' }) },
  'a code that is a number': { use: record({ code: 5 }) },
  'a code that is zero': { use: record({ code: 0, name: 'N' }) },
  'a name alone': { use: record({ name: 'N' }) },
  'a stack alone': { use: record({ stack: 's' }) },
  'an empty object for an exception': { use: record({}) },
  'null for an exception': { use: record(null) },
  'undefined for an exception': { use: record(undefined) },
  'a number for an exception': { use: record(5) },
  'a name and message that are no text': { use: record({ name: 5, message: { a: 1 } }) },
}

describe('a recorded span is as the SDK’s own', () => {
  // Both read the same clocks, each in its own order; the one on the wall is set back while the span runs.
  let now = 0
  let wall = 0
  const atStart = () => {
    now = 1000
    wall = WALL
  }
  before(() => {
    mock.method(performance, 'now', () => now)
    mock.method(Date, 'now', () => wall)
  })
  after(() => mock.restoreAll())

  for (const [name, { use, start, limits }] of Object.entries(CASES)) {
    it(name, () => {
      const { ours, sdks } = doWithBoth(
        (span) => {
          now += 17.25
          wall -= 3
          use?.(span)
        },
        { limits: limits ?? {}, atStart },
        start,
        ROOT_CONTEXT,
      )
      assert.deepEqual(ours, sdks)
    })
  }
})
