// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { setId } from '../../../src/correlation/context.ts'
import { generateId } from '../../../src/correlation/id.ts'
import { CorrelationLogRecordProcessor } from '../../../src/telemetry/log-record-processor.ts'

const ID = generateId('uuidv4')

function attributesOf(recordContext: Context | undefined, attribute?: string) {
  const exporter = new InMemoryLogRecordExporter()
  const processors = [new CorrelationLogRecordProcessor(attribute), new SimpleLogRecordProcessor({ exporter })]
  new LoggerProvider({ processors })
    .getLogger('test')
    .emit({ body: 'text', ...(recordContext && { context: recordContext }) })
  return exporter.getFinishedLogRecords()[0]?.attributes
}

describe('CorrelationLogRecordProcessor', () => {
  it("adds the ID of the record's own context", () => {
    assert.deepEqual(attributesOf(setId(ROOT_CONTEXT, ID)), { 'correlation.id': ID })
  })

  it('takes another name', () => assert.deepEqual(attributesOf(setId(ROOT_CONTEXT, ID), 'app.id'), { 'app.id': ID }))

  it('adds nothing without an ID', () => assert.deepEqual(attributesOf(ROOT_CONTEXT), {}))

  it('takes the active context where the record has none', (t) => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    t.after(() => context.disable())
    const attributes = context.with(setId(ROOT_CONTEXT, ID), () => attributesOf(undefined))
    assert.deepEqual(attributes, { 'correlation.id': ID })
    const other = context.with(setId(ROOT_CONTEXT, ID), () => attributesOf(ROOT_CONTEXT))
    assert.deepEqual(other, {})
  })
})
