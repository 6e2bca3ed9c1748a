// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { endOpenMessages, OpenMessages } from '../../../../instrumentations/messaging/open-messages.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'

interface Recorded {
  readonly errors: readonly unknown[]
  /** How often the span was ended. */
  readonly ends: number
}

/** Some messages of a channel, by delivery tags that begin with 1; those named are handled by `async` functions. */
function channelWith(count: number, promised: readonly number[] = []) {
  const channel = new OpenMessages()
  const seen = new Map<number, { errors: unknown[]; ends: number }>()
  for (let tag = 1; tag <= count; tag++) {
    const recorded = { errors: [] as unknown[], ends: 0 }
    seen.set(tag, recorded)
    const span = trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 })
    const own: Span = Object.assign(Object.create(span), {
      setAttribute: (_name: string, value: unknown) => void recorded.errors.push(value),
      setStatus: () => undefined,
    })
    const end = (error?: unknown) => {
      recorded.ends++
      if (error !== undefined) recorded.errors.push(error)
    }
    const processing = { context: trace.setSpan(ROOT_CONTEXT, own), id: 'id' as CorrelationId, end }
    channel.add(tag, { processing, endsByPromise: promised.includes(tag) })
  }
  const result = (): Readonly<Record<number, Recorded>> => Object.fromEntries(seen)
  const ended = () => [...seen].filter(([, { ends }]) => ends > 0).map(([tag]) => tag)
  return { channel, result, ended }
}

describe('the open messages of a channel', () => {
  it('end when they are settled, one by one', () => {
    const { channel, result, ended } = channelWith(3)
    channel.settle(2, false, undefined)
    assert.deepEqual(ended(), [2])
    channel.settle(3, false, 'nack')
    channel.settle(3, false, 'nack')
    channel.settle(9, false, 'nack')
    assert.deepEqual(result(), {
      1: { errors: [], ends: 0 },
      2: { errors: [], ends: 1 },
      3: { errors: ['nack'], ends: 1 },
    })
  })

  it('end with all before them, or all that there are', () => {
    const { channel, result, ended } = channelWith(4)
    channel.settle(2, true, undefined)
    assert.deepEqual(ended(), [1, 2])
    channel.settle(0, true, 'nack')
    assert.deepEqual(ended(), [1, 2, 3, 4])
    assert.deepEqual([result()[2]?.errors, result()[4]?.errors], [[], ['nack']])
  })

  it('wait for the promise of an async handler, whatever the broker is told meanwhile', () => {
    const { channel, result, ended } = channelWith(2, [1, 2])
    channel.settle(1, false, undefined)
    channel.settle(2, false, 'reject')
    channel.close()
    assert.deepEqual(ended(), [])
    const error = new Error('failed')
    channel.end(1)
    channel.end(2, error)
    channel.end(2, error)
    assert.deepEqual(result(), {
      1: { errors: [], ends: 1 },
      2: { errors: ['reject', error], ends: 1 },
    })
  })

  it('end with their channel', () => {
    const { channel, result } = channelWith(1)
    channel.close()
    channel.close()
    assert.deepEqual(result(), { 1: { errors: ['channel_closed'], ends: 1 } })
  })

  it('end with the process, those of every channel', () => {
    const one = channelWith(1, [1])
    const other = channelWith(1)
    const done = channelWith(1)
    done.channel.settle(1, false, undefined)
    endOpenMessages()
    endOpenMessages()
    const abandoned = { 1: { errors: ['process_exit'], ends: 1 } }
    assert.deepEqual(
      [one.result(), other.result(), done.result()],
      [abandoned, abandoned, { 1: { errors: [], ends: 1 } }],
    )
  })

  it('are a thousand at most: the oldest ends', () => {
    const { ended } = channelWith(1002)
    assert.deepEqual(ended(), [1, 2])
  })
})
