// SPDX-License-Identifier: Apache-2.0
import { type Context, createContextKey } from '@opentelemetry/api'
import { setId } from './context.ts'
import type { Decision } from './decide.ts'
import type { CorrelationId } from './id.ts'

/** What is known of one inbound request for as long as it lives. */
export interface RequestState {
  readonly id: CorrelationId
  readonly decision: Decision
  /** Header names that we wrote into the request, each with the client's own value, or undefined where it sent none. */
  readonly rewritten: ReadonlyMap<string, string | undefined> | undefined
  /** The client's own `baggage` header, to recognise it when the application forwards it verbatim. */
  readonly receivedBaggage: string | undefined
  /**
   * Tracing was already suppressed when the request came in: an ignored path, not an exporter at work.
   * Its outbound calls carry the ID; those of an exporter do not.
   */
  suppressed: boolean
  /** The application set the response header itself. */
  overridden: boolean
  /** The request has been counted in `correlation.requests`. */
  counted: boolean
}

const KEY_REQUEST_STATE = createContextKey('@org/correlation.request')
const STATES = Symbol.for('@org/correlation.states')

interface GlobalStates {
  [STATES]?: WeakMap<object, RequestState>
}

/** Makes the state of a decided request. */
export function createRequestState(
  decision: Decision,
  rewritten: ReadonlyMap<string, string | undefined> | undefined,
  receivedBaggage: string | undefined,
): RequestState {
  return {
    id: decision.id,
    decision,
    rewritten,
    receivedBaggage,
    suppressed: false,
    overridden: false,
    counted: false,
  }
}

/** Reads the state of the request that a context belongs to. */
export function getRequestState(context: Context): RequestState | undefined {
  return context.getValue(KEY_REQUEST_STATE) as RequestState | undefined
}

/** Returns a context that belongs to the request, with its ID. */
export function setRequestState(context: Context, state: RequestState): Context {
  return setId(context, state.id).setValue(KEY_REQUEST_STATE, state)
}

/**
 * Remembers the state under the very object that `propagator.extract` gets as its carrier, `req.headers`, and under the
 * request and the response themselves.
 * One map per process, since `import` and `require` give two instances of this module.
 */
export function rememberState(key: object, state: RequestState): void {
  const holder = globalThis as GlobalStates
  holder[STATES] ??= new WeakMap()
  holder[STATES].set(key, state)
}

/** Looks up the state of a request by its headers, itself or its response. */
export function recallState(key: unknown): RequestState | undefined {
  if (typeof key !== 'object' || key === null) return undefined
  return (globalThis as GlobalStates)[STATES]?.get(key)
}

let arriving: RequestState | undefined

/**
 * The request that is between Node's announcement of it and its `request` event, a stretch that runs in one piece. Sentry
 * extracts there, from a copy of the headers: without this, its span got another ID than the request, and its context was
 * taken for a stranger's.
 */
export function getArriving(): RequestState | undefined {
  return arriving
}

/** Begins that stretch, or ends it. */
export function setArriving(state: RequestState | undefined): void {
  arriving = state
}
