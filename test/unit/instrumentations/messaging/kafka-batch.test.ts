// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { after, describe, it } from 'node:test'
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { KafkaBatch, type ReceivedMessage } from '../../../../instrumentations/messaging/kafka-batch.ts'
import { Messaging } from '../../../../instrumentations/messaging/messaging.ts'
import { getId, setId } from '../../../../src/correlation/context.ts'
import { DEFAULT_RULES } from '../../../../src/correlation/decide.ts'
import type { CorrelationId } from '../../../../src/correlation/id.ts'
import { CorrelationPropagator } from '../../../../src/propagation/propagator.ts'
import type { Runtime } from '../../../../src/runtime.ts'

propagation.setGlobalPropagator(new CorrelationPropagator())
after(() => propagation.disable())

const runtime = { config: { jobs: 'link' }, rules: DEFAULT_RULES, baggageKey: undefined } as unknown as Runtime
const CONTEXT = setId(ROOT_CONTEXT, 'batch-1' as CorrelationId)

/** The ID that a message with these headers is handled under. */
const HEADERS: readonly (readonly [title: string, headers: object, expected: string])[] = [
  ['bytes', { 'x-correlation-id': Buffer.from('bytes-2') }, 'bytes-2'],
  ['another letter case', { 'X-Correlation-ID': Buffer.from('case-3') }, 'case-3'],
  ['baggage alone', { baggage: Buffer.from('correlation.id=baggage-4') }, 'baggage-4'],
  ['the name twice', { 'x-correlation-id': [Buffer.from('first-5'), Buffer.from('second-6')] }, 'first-5'],
  ['nothing', {}, 'batch-1'],
  ['what is no ID', { 'x-correlation-id': Buffer.from('a b\r\n') }, 'batch-1'],
]

const batchOf = (
  messages: readonly ReceivedMessage[],
  describeMessage = () => ({ name: 'process', destination: 't' }),
) => new KafkaBatch(messages, CONTEXT, describeMessage, new Messaging(runtime, 'kafka', undefined))

describe('a message of a batch', () => {
  for (const [title, headers, expected] of HEADERS) {
    it(`is handled under its own ID, or else the batch’s: ${title}`, () => {
      const begun = batchOf([{ headers: {} }, { headers }]).process(headers)
      assert.equal(begun && getId(begun.context), expected)
      begun?.end(new Error('there is no span to end'))
    })
  }

  it('is known by its very headers', () => {
    assert.equal(batchOf([{ headers: { a: 'b' } }, {}]).process({ a: 'b' }), undefined)
  })

  it('is handled without us where something of ours fails', () => {
    const headers = {}
    const fails = () => {
      throw new Error('a mistake of ours')
    }
    assert.equal(batchOf([{ headers }], fails).process(headers), undefined)
  })

  it('cannot be made active by the iterator of its batch: whoever called the loop would be left with its ID', async () => {
    const storage = new AsyncLocalStorage<string>()
    async function loop(): Promise<void> {
      for (const id of ['first', 'second']) {
        storage.enterWith(id)
        await null
      }
    }
    await storage.run('batch', async () => {
      await loop()
      assert.equal(storage.getStore(), 'first')
    })
  })
})
