// SPDX-License-Identifier: Apache-2.0
import { context as contextApi, type LoggerProvider, type LogRecord } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'

type Emit = (this: unknown, record: LogRecord) => void

const PATCHED = Symbol.for('@org/correlation.logger')

/** Adds the ID to the records of a LoggerProvider that was made without `CorrelationLogRecordProcessor`; see `patchTracersOf`. */
export function patchLoggersOf(provider: LoggerProvider, attribute: string | undefined): void {
  const prototype = Object.getPrototypeOf(provider.getLogger('@org/correlation')) as {
    emit?: Emit
    [PATCHED]?: boolean
  } | null
  if (attribute === undefined || prototype === null || typeof prototype.emit !== 'function') return
  if (Object.hasOwn(prototype, PATCHED)) return
  const original = prototype.emit
  Object.defineProperty(prototype, PATCHED, { value: true })
  prototype.emit = function (record) {
    const id = getId(record.context ?? contextApi.active())
    original.call(
      this,
      id === undefined ? record : { ...record, attributes: { [attribute]: id, ...record.attributes } },
    )
  }
}
