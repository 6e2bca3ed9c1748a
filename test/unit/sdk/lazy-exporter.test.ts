// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type ExportResult, ExportResultCode, isTracingSuppressed } from '@opentelemetry/core'
import { getId, setId } from '../../../src/correlation/context.ts'
import { generateId } from '../../../src/correlation/id.ts'
import { LazyExporter } from '../../../src/sdk/lazy-exporter.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

function createExporter() {
  const batches: {
    readonly items: number[]
    readonly done: (result: ExportResult) => void
    readonly context: Context
  }[] = []
  let created = 0
  let ended = 0
  const lazy = new LazyExporter<number>(() => {
    created++
    return {
      export: (items, done) => batches.push({ items, done, context: context.active() }),
      shutdown: () => {
        ended++
        return Promise.resolve()
      },
    }
  })
  const results: ExportResultCode[] = []
  return {
    lazy,
    batches,
    results,
    counts: () => ({ created, ended }),
    send: (...items: number[]) => lazy.export(items, ({ code }) => results.push(code)),
  }
}
const SUCCESS = { code: ExportResultCode.SUCCESS }

describe('LazyExporter', () => {
  it('makes its exporter at the first batch, once, and ends only one that was made', async () => {
    const { lazy, send, batches, counts } = createExporter()
    await lazy.forceFlush()
    assert.deepEqual(counts(), { created: 0, ended: 0 })
    send(1)
    send(2)
    await lazy.shutdown()
    assert.deepEqual(counts(), { created: 1, ended: 1 })
    assert.deepEqual(
      batches.map(({ items }) => items),
      [[1], [2]],
    )
    const unused = createExporter()
    await unused.lazy.shutdown()
    assert.deepEqual(unused.counts(), { created: 0, ended: 0 })
  })

  it('exports with tracing suppressed, in no request, whoever began the batch', () => {
    const { send, batches } = createExporter()
    context.with(setId(ROOT_CONTEXT, generateId('uuidv4')), () => send(1))
    const [{ context: active } = { context: ROOT_CONTEXT }] = batches
    assert.equal(isTracingSuppressed(active), true)
    assert.equal(getId(active), undefined)
  })

  it('hands on how it went', () => {
    const { send, batches, results } = createExporter()
    send(1)
    send(2)
    batches[0]?.done(SUCCESS)
    batches[1]?.done({ code: ExportResultCode.FAILED })
    assert.deepEqual(results, [ExportResultCode.SUCCESS, ExportResultCode.FAILED])
  })

  it('fails a batch whose exporter cannot be made or throws', () => {
    const results: ExportResult[] = []
    const broken = new LazyExporter<number>(() => assert.fail('cannot be loaded'))
    broken.export([1], (result) => results.push(result))
    assert.equal(results[0]?.code, ExportResultCode.FAILED)
    assert.match(String(results[0]?.error), /cannot be loaded/)
    assert.deepEqual(broken.keepForExit(), [])
  })

  it('keeps for the exit what has not arrived, and what comes after', () => {
    const { lazy, send, batches, results } = createExporter()
    send(1, 2)
    send(3)
    send(4)
    batches[1]?.done(SUCCESS)
    const kept = lazy.keepForExit()
    assert.deepEqual(kept, [1, 2, 4])
    send(5)
    assert.deepEqual(lazy.keepForExit(), [1, 2, 4, 5])
    assert.equal(batches.length, 3)
    assert.deepEqual(results, [ExportResultCode.SUCCESS, ExportResultCode.SUCCESS])
  })

  it('discards from then on', () => {
    const { lazy, send, batches, results } = createExporter()
    lazy.discard()
    send(1)
    assert.equal(batches.length, 0)
    assert.deepEqual(results, [ExportResultCode.SUCCESS])
    assert.deepEqual(lazy.keepForExit(), [])
  })
})
