// SPDX-License-Identifier: Apache-2.0
import { type Baggage, type Context, ROOT_CONTEXT, type Span } from '@opentelemetry/api'
import type { RPCMetadata } from '@opentelemetry/core'
import { KEY_CORRELATION_ID } from '../correlation/context.ts'
import { KEY_REQUEST_STATE, type RequestState } from '../correlation/request-state.ts'
import { KEY_BAGGAGE_BEHIND, withEntryFirst } from './baggage-entry.ts'
import { KEY_BAGGAGE, KEY_RPC_METADATA, KEY_SPAN } from './context-keys.ts'

type Values = ReadonlyMap<symbol, unknown>

/**
 * A context that belongs to a request.
 *
 * The API's own context is a Map, copied whole at each `setValue`: state, ID, baggage, span and RPC metadata are five copies at each
 * request. Here those five are fields, anything else is in a Map that most requests never have, and the baggage is made
 * when it is first read, which most requests never do either.
 */
export class RequestContext implements Context {
  readonly #base: Context
  readonly #state: unknown
  readonly #id: unknown
  readonly #span: unknown
  readonly #rpc: unknown
  #baggage: unknown
  /** The key that the ID has yet to be put under, first in the baggage. */
  #ownEntry: string | undefined
  readonly #others: Values | undefined

  private constructor(
    base: Context,
    state: unknown,
    id: unknown,
    span: unknown,
    rpc: unknown,
    baggage: unknown,
    ownEntry: string | undefined,
    others: Values | undefined,
  ) {
    this.#base = base
    this.#state = state
    this.#id = id
    this.#span = span
    this.#rpc = rpc
    this.#baggage = baggage
    this.#ownEntry = ownEntry
    this.#others = others
  }

  /**
   * Makes a context that belongs to the request and has all that `base` has.
   *
   * @param baggageKey - What the ID is called in the baggage; undefined to leave the baggage alone.
   */
  static create(base: Context, state: RequestState, baggageKey: string | undefined): RequestContext {
    if (base === ROOT_CONTEXT) {
      return new RequestContext(base, state, state.id, undefined, undefined, undefined, baggageKey, undefined)
    }
    return new RequestContext(
      base,
      state,
      state.id,
      base.getValue(KEY_SPAN),
      base.getValue(KEY_RPC_METADATA),
      base.getValue(KEY_BAGGAGE),
      baggageKey,
      undefined,
    )
  }

  /** The same context with the request's span. */
  withSpan(span: Span, rpc: RPCMetadata | undefined): RequestContext {
    return new RequestContext(
      this.#base,
      this.#state,
      this.#id,
      span,
      rpc ?? this.#rpc,
      this.#baggage,
      this.#ownEntry,
      this.#others,
    )
  }

  getValue(key: symbol): unknown {
    switch (key) {
      case KEY_REQUEST_STATE:
        return this.#state
      case KEY_CORRELATION_ID:
        return this.#id
      case KEY_SPAN:
        return this.#span
      case KEY_BAGGAGE:
        return this.#readBaggage()
      case KEY_RPC_METADATA:
        return this.#rpc
      case KEY_BAGGAGE_BEHIND:
        return this.#ownEntry === undefined ? undefined : (this.#baggage ?? null)
      default:
        return this.#others?.has(key) === true ? this.#others.get(key) : this.#base.getValue(key)
    }
  }

  setValue(key: symbol, value: unknown): Context {
    let state = this.#state
    let id = this.#id
    let span = this.#span
    let rpc = this.#rpc
    let baggage = this.#baggage
    let ownEntry = this.#ownEntry
    let others = this.#others
    switch (key) {
      case KEY_REQUEST_STATE:
        // The entry is of this request, whatever is put in its place.
        baggage = this.#readBaggage()
        ownEntry = undefined
        state = value
        break
      case KEY_CORRELATION_ID:
        id = value
        break
      case KEY_SPAN:
        span = value
        break
      case KEY_BAGGAGE:
        baggage = value
        ownEntry = undefined
        break
      case KEY_RPC_METADATA:
        rpc = value
        break
      default:
        others = new Map(others).set(key, value)
    }
    return new RequestContext(this.#base, state, id, span, rpc, baggage, ownEntry, others)
  }

  /** A value that is absent and one that is undefined look the same to readers. */
  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined)
  }

  #readBaggage(): unknown {
    if (this.#ownEntry !== undefined) {
      const { id } = this.#state as RequestState
      this.#baggage = withEntryFirst(this.#baggage as Baggage | undefined, this.#ownEntry, id)
      this.#ownEntry = undefined
    }
    return this.#baggage
  }
}
