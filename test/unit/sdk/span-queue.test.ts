// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { TraceFlags } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { BatchSettings } from '../../../src/sdk/batch-settings.ts'
import { SpanQueue } from '../../../src/sdk/span-queue.ts'
import { spanWith } from '../../support/readable-span.ts'

const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS }

/** A queue whose timers the test moves on, and an exporter that waits to be told how it went. */
function createQueue(t: TestContext, settings: BatchSettings = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const batches: string[][] = []
  const dones: ((result: ExportResult) => void)[] = []
  const outcomes: unknown[] = []
  let shutdowns = 0
  const queue = new SpanQueue({
    exporter: {
      export(spans, done) {
        batches.push(spans.map(({ name }) => name))
        dones.push(done)
      },
      shutdown: async () => {
        shutdowns++
      },
    },
    outcomes: {
      sent: (count) => outcomes.push(['sent', count]),
      failed: (count, { message }) => outcomes.push(['failed', count, message]),
      dropped: () => outcomes.push('dropped'),
    },
    ...settings,
  })
  return {
    queue,
    batches,
    outcomes,
    shutdowns: () => shutdowns,
    end: (...names: readonly string[]) => {
      for (const name of names) queue.onEnd(spanWith({ name }))
    },
    async finish(result: ExportResult = SUCCESS) {
      dones.shift()?.(result)
      await settled()
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('SpanQueue', () => {
  it('sends what waited for the delay, and begins to wait anew with the next span', async (t) => {
    const { queue, batches, end, finish } = createQueue(t, { scheduledDelayMillis: 100 })
    end('a')
    t.mock.timers.tick(99)
    end('b')
    assert.deepEqual(batches, [])
    t.mock.timers.tick(1)
    assert.deepEqual(batches, [['a', 'b']])
    await finish()
    t.mock.timers.tick(1000)
    end('c')
    t.mock.timers.tick(99)
    assert.equal(batches.length, 1)
    t.mock.timers.tick(1)
    assert.deepEqual(batches[1], ['c'])
    assert.deepEqual(queue.takeForExit(), [])
  })

  it('sends a full batch at once, one after the other, and waits with a rest', async (t) => {
    const { batches, end, finish } = createQueue(t, { maxExportBatchSize: 2 })
    end('a', 'b', 'c', 'd', 'e')
    assert.deepEqual(batches, [['a', 'b']])
    t.mock.timers.tick(10_000)
    assert.equal(batches.length, 1)
    await finish()
    assert.deepEqual(batches[1], ['c', 'd'])
    await finish()
    assert.equal(batches.length, 2)
    t.mock.timers.tick(5000)
    assert.deepEqual(batches[2], ['e'])
  })

  it('has defaults of 512 a batch, 2048 in the queue, 5 s', (t) => {
    const { queue, batches, outcomes, end } = createQueue(t)
    end(...Array.from({ length: 511 }, String))
    t.mock.timers.tick(4999)
    assert.equal(batches.length, 0)
    end('511')
    assert.equal(batches[0]?.length, 512)
    end(...Array.from({ length: 2050 }, String))
    assert.deepEqual(outcomes, ['dropped', 'dropped'])
    assert.equal(queue.takeForExit().length, 2048)
  })

  it('drops what is more than its size, and says so for each', async (t) => {
    const { batches, outcomes, end, finish } = createQueue(t, { maxQueueSize: 2, maxExportBatchSize: 512 })
    end('a', 'b', 'c', 'd', 'e', 'f')
    assert.deepEqual(outcomes, ['dropped', 'dropped'])
    await finish()
    assert.deepEqual(batches, [
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('takes only spans that are sampled', (t) => {
    const { queue, end } = createQueue(t)
    const spanContext = () => ({ ...spanWith({}).spanContext(), traceFlags: TraceFlags.NONE })
    queue.onEnd(spanWith({ spanContext }))
    end('a')
    assert.deepEqual(
      queue.takeForExit().map(({ name }) => name),
      ['a'],
    )
  })

  it('gives an export up after its timeout, whatever comes of it later, and goes on', async (t) => {
    const { batches, outcomes, end, finish } = createQueue(t, { maxExportBatchSize: 1, exportTimeoutMillis: 300 })
    end('a', 'b')
    t.mock.timers.tick(300)
    await settled()
    assert.deepEqual(batches, [['a'], ['b']])
    await finish()
    await finish()
    assert.deepEqual(outcomes, [
      ['failed', 1, 'Request timed out'],
      ['sent', 1],
    ])
  })

  it('goes on after an export that failed, and a flush tells of it', async (t) => {
    const { queue, batches, outcomes, end, finish } = createQueue(t, { maxExportBatchSize: 2 })
    end('a', 'b', 'c')
    await finish({ code: ExportResultCode.FAILED })
    const flushed = queue.forceFlush()
    const rejected = assert.rejects(flushed, /no way/)
    await finish({ code: ExportResultCode.FAILED, error: new Error('no way') })
    await rejected
    assert.deepEqual(batches, [['a', 'b'], ['c']])
    assert.deepEqual(outcomes, [
      ['failed', 2, 'A batch of spans could not be exported.'],
      ['failed', 1, 'no way'],
    ])
  })

  it('flushes every batch before it returns, and resolves when all have arrived', async (t) => {
    const { queue, batches, end, finish } = createQueue(t, { maxExportBatchSize: 2, scheduledDelayMillis: 50 })
    await queue.forceFlush()
    end('a')
    let isFlushed = false
    void queue.forceFlush().then(() => {
      isFlushed = true
    })
    assert.deepEqual(batches, [['a']])
    await settled()
    assert.equal(isFlushed, false)
    await finish()
    assert.equal(isFlushed, true)
  })

  it('waits for a resource that is not known yet, and hands its spans over at exit all the same', async (t) => {
    const { queue, batches, end } = createQueue(t)
    let tell: (id: string) => void = () => undefined
    const resource = resourceFromAttributes({ 'host.id': new Promise<string>((resolve) => (tell = resolve)) })
    const span: ReadableSpan = spanWith({ name: 'early', resource })
    queue.onEnd(span)
    void queue.forceFlush()
    assert.deepEqual(batches, [])
    tell('a host')
    await settled()
    assert.deepEqual(batches, [['early']])
    queue.onEnd(spanWith({ name: 'late' }))
    end('later')
    assert.deepEqual(
      queue.takeForExit().map(({ name }) => name),
      ['late', 'later'],
    )
  })

  it('sends the rest at its shutdown, shuts the exporter down once, and takes no more', async (t) => {
    const { queue, batches, end, finish, shutdowns } = createQueue(t)
    end('a')
    const ended = queue.shutdown()
    assert.equal(queue.shutdown(), ended)
    assert.equal(queue.forceFlush(), ended)
    end('b')
    await finish()
    await ended
    assert.deepEqual([batches, shutdowns(), queue.takeForExit()], [[['a']], 1, []])
  })
})
