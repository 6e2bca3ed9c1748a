// SPDX-License-Identifier: Apache-2.0
import type { Baggage, Context, Span } from '@opentelemetry/api'
import { KEY_BAGGAGE, KEY_SPAN } from './context-keys.ts'

/**
 * A context with one value over those of another, for what is read once and thrown away: `setValue` of the API's context copies all
 * of its values.
 */
class ContextView implements Context {
  readonly #below: Context
  readonly #key: symbol
  readonly #value: unknown

  constructor(below: Context, key: symbol, value: unknown) {
    this.#below = below
    this.#key = key
    this.#value = value
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#below.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#below.setValue(this.#key, this.#value).setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#below.setValue(this.#key, this.#value).deleteValue(key)
  }
}

/** A short-lived context in which the span is active. */
export function withSpan(context: Context, span: Span): Context {
  return new ContextView(context, KEY_SPAN, span)
}

/** A short-lived context with this baggage. */
export function withBaggage(context: Context, baggage: Baggage | undefined): Context {
  return new ContextView(context, KEY_BAGGAGE, baggage)
}
