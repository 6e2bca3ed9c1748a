// SPDX-License-Identifier: Apache-2.0
import { type Context, context as contextApi } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { ATTR_CORRELATION_ID } from '../correlation/names.ts'

/** What is used of a record: that of every SDK version fits, and our declarations lead to no SDK that the user may not have. */
interface EmittedRecord {
  setAttribute(name: string, value: string): unknown
}

/**
 * Copies the correlation ID of the context a log record was emitted in to the record.
 *
 * @public
 */
export class CorrelationLogRecordProcessor {
  readonly #attribute: string

  /**
   * @param attribute - The attribute's name. Set by `CORRELATION_SPAN_ATTRIBUTE`; defaults to `correlation.id`.
   */
  constructor(attribute: string = ATTR_CORRELATION_ID) {
    this.#attribute = attribute
  }

  /** Sets the attribute. Never throws. */
  onEmit(record: EmittedRecord, context?: Context): void {
    const id = getId(context ?? contextApi.active())
    if (id !== undefined) record.setAttribute(this.#attribute, id)
  }

  /** Does nothing: there is no queue here. */
  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  /** Does nothing. */
  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}
