// SPDX-License-Identifier: Apache-2.0
import { type Context, defaultTextMapSetter, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { getId } from '../../src/correlation/context.ts'
import { messageGetter } from '../../src/propagation/carrier.ts'
import type { Runtime } from '../../src/runtime.ts'
import { writeId } from './write-id.ts'

type Carrier = Record<string, unknown>

/**
 * What a thread or child process that a library runs part of the work in is given of a context: ID and trace context. No broker has it, so
 * `CORRELATION_MESSAGING` does not matter.
 */
export function handOver(runtime: Runtime, context: Context): Carrier {
  const carrier: Carrier = {}
  propagation.inject(context, carrier, defaultTextMapSetter)
  const id = getId(context)
  if (id !== undefined) writeId(runtime, carrier, id, defaultTextMapSetter)
  return carrier
}

/** The context that was handed over: what runs in it belongs to the span over there. */
export function takeOver(carrier: unknown): Context {
  return propagation.extract(ROOT_CONTEXT, carrier, messageGetter)
}
