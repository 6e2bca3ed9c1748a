// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { setId } from '../../../src/correlation/context.ts'
import { generateId } from '../../../src/correlation/id.ts'
import { patchWinston, type StampOptions, stampState } from '../../../src/telemetry/winston-stamp.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const ID = generateId('uuidv4')
const OTHER = generateId('uuidv4')
const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
const inRequest = setId(ROOT_CONTEXT, ID)
const inSpan = trace.setSpanContext(inRequest, SPAN)

function createLogger(options: StampOptions = { logField: 'correlation_id' }) {
  const written: unknown[][] = []
  class Logger {
    silent = false
    write(...args: unknown[]): boolean {
      written.push(args)
      return false
    }
    isLevelEnabled(level: string): boolean {
      return level !== 'debug'
    }
  }
  patchWinston(Logger.prototype, options)
  return { logger: new Logger(), written, prototype: Logger.prototype }
}

function fieldsIn(active: Context, record: object): unknown {
  const { logger, written } = createLogger()
  context.with(active, () => logger.write(record))
  return written[0]?.[0]
}

describe('patchWinston', () => {
  afterEach(() => stampState().fields.clear())

  for (const [title, active, record, expected] of [
    ['adds nothing outside of requests', ROOT_CONTEXT, { a: 1 }, { a: 1 }],
    ['adds the ID without a span', inRequest, { a: 1 }, { a: 1, correlation_id: ID }],
    [
      'adds ID, trace and span',
      inSpan,
      { a: 1 },
      { a: 1, correlation_id: ID, trace_id: SPAN.traceId, span_id: SPAN.spanId, trace_flags: '01' },
    ],
    ['leaves what the application wrote', inRequest, { correlation_id: 'own' }, { correlation_id: 'own' }],
    [
      'takes no notice of a span without an ID of its own',
      trace.setSpanContext(inRequest, { ...SPAN, traceId: '0'.repeat(32) }),
      {},
      { correlation_id: ID },
    ],
    [
      'writes flags in two digits',
      trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, traceFlags: 0xff }),
      {},
      { trace_id: SPAN.traceId, span_id: SPAN.spanId, trace_flags: 'ff' },
    ],
  ] as const) {
    it(title, () => assert.deepEqual(fieldsIn(active, record), expected))
  }

  it('keeps two calls with the same object apart while they wait', () => {
    const { logger, written } = createLogger()
    const record = { message: 'shared' }
    for (const id of [ID, OTHER]) context.with(setId(ROOT_CONTEXT, id), () => logger.write(record))
    logger.write(record)
    const ids = written.map(([each]) => (each as Record<string, unknown>)['correlation_id'])
    assert.deepEqual(ids, [ID, OTHER, undefined])
    assert.deepEqual(Object.keys(record), ['message'])
  })

  it('passes arguments, result and what is no record through', () => {
    const { logger, written } = createLogger()
    const callback = () => undefined
    assert.equal(logger.write('text', 'utf8', callback), false)
    context.with(inRequest, () => logger.write(null))
    assert.deepEqual(written, [['text', 'utf8', callback], [null]])
  })

  it('writes a record that cannot be copied as it is', () => {
    const record = Object.defineProperty({}, 'a', { enumerable: true, get: () => assert.fail('read') })
    const { logger, written } = createLogger()
    context.with(inRequest, () => logger.write(record))
    assert.equal(written[0]?.[0], record)
  })

  it('reports what will be written, and whether it has an ID', () => {
    const reports: boolean[] = []
    const { logger } = createLogger({ logField: undefined, onRecord: (_record, present) => reports.push(present) })
    logger.write({ level: 'info' })
    context.with(inRequest, () => logger.write({ level: 'info' }))
    context.with(inRequest, () => logger.write({ level: 'debug' }))
    logger.silent = true
    context.with(inRequest, () => logger.write({ level: 'info' }))
    assert.deepEqual(reports, [false, true])
  })

  it('reports nothing, and does not ask the logger, where nobody listens', () => {
    const { logger, written } = createLogger({
      logField: 'correlation_id',
      isObserved: () => false,
      onRecord: () => assert.fail('reported'),
    })
    logger.isLevelEnabled = () => assert.fail('asked')
    context.with(inRequest, () => logger.write({ level: 'info' }))
    assert.deepEqual(written, [[{ level: 'info', correlation_id: ID }]])
  })

  it('looks at each span, whatever the one before was', () => {
    const invalid = trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, spanId: '0'.repeat(16) })
    const other = trace.setSpanContext(ROOT_CONTEXT, { ...SPAN, spanId: 'b7ad6b7169203332', traceFlags: 0 })
    const { logger, written } = createLogger()
    for (const active of [inSpan, inSpan, invalid, other, inSpan]) context.with(active, () => logger.write({}))
    assert.deepEqual(
      written.map(([each]) => (each as Record<string, unknown>)['span_id']),
      [SPAN.spanId, SPAN.spanId, undefined, 'b7ad6b7169203332', SPAN.spanId],
    )
  })

  it('patches a class once, and each class', () => {
    const { prototype } = createLogger()
    const patched = prototype.write
    patchWinston(prototype, { logField: 'other' })
    assert.equal(prototype.write, patched)
    assert.notEqual(createLogger().prototype.write, patched)
  })

  it('writes the fields that formats ask for beside its own', () => {
    stampState().fields.add('request_id')
    assert.deepEqual(fieldsIn(inRequest, {}), { correlation_id: ID, request_id: ID })
  })
})
