// SPDX-License-Identifier: Apache-2.0
import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { setId } from './context.ts'
import type { Decision } from './decide.ts'
import type { CorrelationId } from './id.ts'

/** What is known of one inbound request for as long as it lives. */
export interface RequestState {
  readonly id: CorrelationId
  readonly decision: Decision
  /** Header names that we wrote into the request, each with the client's own value, or undefined where it sent none. */
  readonly rewritten: ReadonlyMap<string, string | undefined> | undefined
  /** What `propagator.extract` gets as its carrier. */
  readonly headers: object | undefined
  /** The client's own `baggage` header, to recognise it when the application forwards it verbatim. */
  readonly receivedBaggage: string | undefined
  /** What its listeners run in; undefined until it is handed to the application. */
  context: Context | undefined
  /** Node's own listeners for the end of the request and the finish of the response, which need no context. */
  onEnd: unknown
  onFinish: unknown
  /** Its response, where that is kept until it is closed. */
  openResponse: unknown
  /** The server span, where it is ours and open. */
  span: OpenSpan | undefined
  /**
   * Tracing was already suppressed when the request came in: an ignored path, not an exporter at work.
   * Its outbound calls carry the ID; those of an exporter do not.
   */
  suppressed: boolean
  /** The application set the response header itself. */
  overridden: boolean
  /** The request has been counted in `correlation.requests`. */
  counted: boolean
  /** It was handed to the application, and not closed yet. */
  isOpen: boolean
}

/** A span that ends with the request. */
export interface OpenSpan {
  /** The response was closed. */
  finish(): void
  /** The handler threw, or the response could not be written. */
  fail(error: unknown): void
}

/** `createContextKey` is `Symbol.for`: `import` and `require` give two instances of this module, and both read it. */
export const KEY_REQUEST_STATE = createContextKey('@org/correlation.request')
const STATE = Symbol.for('@org/correlation.state')

interface Stateful {
  [STATE]?: RequestState
}

/** Makes the state of a decided request. */
export function createRequestState(
  decision: Decision,
  rewritten: ReadonlyMap<string, string | undefined> | undefined,
  receivedBaggage: string | undefined,
  headers?: object,
): RequestState {
  return {
    id: decision.id,
    decision,
    rewritten,
    headers,
    receivedBaggage,
    context: undefined,
    onEnd: undefined,
    onFinish: undefined,
    openResponse: undefined,
    span: undefined,
    suppressed: false,
    overridden: false,
    counted: false,
    isOpen: false,
  }
}

/** Reads the state of the request that a context belongs to. */
export function getRequestState(context: Context): RequestState | undefined {
  // What most events come from, and a Map.
  return context === ROOT_CONTEXT ? undefined : (context.getValue(KEY_REQUEST_STATE) as RequestState | undefined)
}

/** Returns a context that belongs to the request, with its ID. */
export function setRequestState(context: Context, state: RequestState): Context {
  return setId(context, state.id).setValue(KEY_REQUEST_STATE, state)
}

/**
 * Remembers the state under the object that `propagator.extract` gets as its carrier, `req.headers`. Applications spread that
 * object and hand it to functions that refuse symbols, so the property is hidden. A WeakMap shows in profiles.
 */
export function rememberState(key: object, state: RequestState): void {
  Object.defineProperty(key, STATE, { value: state, enumerable: false, writable: true, configurable: true })
}

/** Remembers the state under a request or a response: Node keeps its own there in the same way, in plain symbol properties. */
export function attachState(key: object, state: RequestState): void {
  ;(key as Stateful)[STATE] = state
}

/** Ends the span of a request, once; with the error where there is one. */
export function endSpan(state: RequestState, error?: { readonly cause: unknown }): void {
  const { span } = state
  state.span = undefined
  if (error === undefined) span?.finish()
  else span?.fail(error.cause)
}

/** Looks up the state of a request by its headers, itself or its response. */
export function recallState(key: unknown): RequestState | undefined {
  return typeof key === 'object' && key !== null ? (key as Stateful)[STATE] : undefined
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
