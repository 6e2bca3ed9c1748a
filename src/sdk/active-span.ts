// SPDX-License-Identifier: Apache-2.0
import {
  type Context,
  context as contextApi,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** `startActiveSpan` of a tracer that knows how to start one, with the arguments behind the name in any of the API's three forms. */
export function startActiveSpan(tracer: Pick<Tracer, 'startSpan'>, name: string, args: readonly unknown[]): unknown {
  const fn = args[args.length - 1]
  // As the SDK's own tracer: a call without a function does nothing.
  if (typeof fn !== 'function') return undefined
  const options = args.length > 1 ? (args[0] as SpanOptions | undefined) : undefined
  const parent = (args.length > 2 ? (args[1] as Context | undefined) : undefined) ?? contextApi.active()
  const span = tracer.startSpan(name, options, parent)
  return contextApi.with(trace.setSpan(parent, span), fn as (span: Span) => unknown, undefined, span)
}
