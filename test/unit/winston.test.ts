// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import winston from 'winston'
import { setId } from '../../src/correlation/context.ts'
import { generateId } from '../../src/correlation/id.ts'
import { stampState } from '../../src/telemetry/winston-stamp.ts'
import { correlationFormat } from '../../src/winston.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const ID = generateId('uuidv4')
const inRequest = setId(ROOT_CONTEXT, ID)
const record = () => ({ level: 'info', message: 'text' })

describe('correlationFormat', () => {
  it('reads the active context as long as no copy of winston stamps, as in a bundle', () => {
    assert.equal(stampState().isStamping, false)
    const { transform } = correlationFormat()
    assert.deepEqual(
      context.with(inRequest, () => transform(record())),
      { ...record(), correlation_id: ID },
    )
    assert.deepEqual(transform(record()), record())
    const own = { ...record(), correlation_id: 'own' }
    assert.equal(
      context.with(inRequest, () => transform(own)),
      own,
    )
    assert.equal(own.correlation_id, 'own')
  })

  it('takes another field', () => {
    const { transform } = correlationFormat({ field: 'request_id' })
    assert.deepEqual(
      context.with(inRequest, () => transform(record())),
      { ...record(), request_id: ID },
    )
  })

  it('leaves records alone once winston stamps them, whoever is active when it runs', () => {
    const format = correlationFormat()
    const transport = new winston.transports.Console({ silent: true })
    const logger = winston.createLogger({ format, transports: [transport] })
    const seen: unknown[] = []
    logger.on('data', (info: Record<string, unknown>) => seen.push(info['correlation_id']))
    context.with(inRequest, () => logger.info('inside'))
    logger.info('outside')
    assert.deepEqual(seen, [ID, undefined])
    assert.equal(stampState().isStamping, true)
    assert.deepEqual(
      context.with(inRequest, () => format.transform(record())),
      record(),
    )
  })
})
