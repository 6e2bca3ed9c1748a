// SPDX-License-Identifier: Apache-2.0
import path from 'node:path'
import {
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { getCorrelationId } from '../api/get-correlation-id.ts'
import { injectCorrelation } from '../api/inject-correlation.ts'
import { apiSettings, isStarted } from '../api/settings.ts'
import { withCorrelationId } from '../api/with-correlation-id.ts'
import type { Env } from '../config/env.ts'
import { problemOf } from '../correlation/id.ts'
import { HEADER_CORRELATION_ID } from '../correlation/names.ts'
import { variableOf } from '../propagation/env-carrier.ts'
import type { Ending } from './spawn-command.ts'

const SCOPE = '@org/correlation/run'

/** The span's name until the command runs, and for one that never did: what was not found may be an argument. */
const SPAN_NAME = 'correlation run'

/** What an executable is called; anything else is not for a span's name. */
const EXECUTABLE_NAME = /^[^\s\p{C}]{1,100}$/u

/** A command's run: its ID, its span, and what tells the command of both. */
export interface RunScope {
  readonly id: string
  /** What the command's environment has instead of ours; undefined takes a variable out. */
  readonly variables: Readonly<Record<string, string | undefined>>
  end(ending: Ending): void
}

/**
 * Begins a run in the process that the preload runs in, under the ID that was asked for, or else that of the environment, or else a new one.
 *
 * @returns `bad-id` where the ID asked for is none; undefined where correlation is turned off.
 */
export function beginRun(command: string, id: string | undefined, env: Env): RunScope | 'bad-id' | undefined {
  if (id !== undefined && problemOf(id, apiSettings().rules.idRules) !== undefined) return 'bad-id'
  if (!isStarted()) return undefined
  return withCorrelationId(id ?? getCorrelationId(), () => {
    const span = trace.getTracer(SCOPE).startSpan(SPAN_NAME, { kind: SpanKind.CLIENT })
    const isTraced = isSpanContextValid(span.spanContext())
    const variables = context.with(trace.setSpan(context.active(), span), () => variablesFor(env, isTraced))
    return { id: getCorrelationId() as string, variables, end: (ending) => endSpan(span, command, ending) }
  })
}

function variablesFor(env: Env, isTraced: boolean): RunScope['variables'] {
  const id = getCorrelationId()
  const { BAGGAGE: baggage } = env
  const carrier = injectCorrelation<Record<string, unknown>>(baggage === undefined ? {} : { baggage })
  const variables: Record<string, string | undefined> = {}
  // What another trace has left there would be read together with ours.
  if (isTraced) for (const field of propagation.fields()) variables[variableOf(field)] = undefined
  for (const [field, value] of Object.entries(carrier)) {
    if (typeof value === 'string') variables[variableOf(field)] = value
  }
  // One that is read before the others must not say another ID.
  for (const name of apiSettings().headers.map(variableOf)) if (env[name] !== undefined) variables[name] = id
  variables[variableOf(HEADER_CORRELATION_ID)] = id
  return variables
}

/** As https://opentelemetry.io/docs/specs/semconv/cli/cli-spans/#client-caller-spans, without the arguments: they may hold secrets. */
function endSpan(span: Span, command: string, { exitCode, signal, failure, pid }: Ending): void {
  const name = path.basename(command)
  if (failure === undefined && EXECUTABLE_NAME.test(name)) {
    span.updateName(name)
    span.setAttribute('process.executable.name', name)
  }
  if (pid !== undefined) span.setAttribute('process.pid', pid)
  span.setAttribute('process.exit.code', exitCode)
  if (exitCode !== 0) {
    span.setAttribute('error.type', failure ?? signal ?? String(exitCode))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
