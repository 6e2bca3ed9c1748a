// SPDX-License-Identifier: Apache-2.0
import {
  type Context,
  context as contextApi,
  diag,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { getId } from '../correlation/context.ts'
import { DEFAULT_RULES, type DecideRules, decide } from '../correlation/decide.ts'
import { BAGGAGE_CORRELATION_ID, HEADER_CORRELATION_ID, HEADER_REQUEST_ID } from '../correlation/names.ts'
import { getArriving, getRequestState, type RequestState, recallState } from '../correlation/request-state.ts'
import { dropBaggageEntry, readBaggageEntry } from './baggage-entry.ts'
import { fieldValues } from './carrier.ts'
import { isProducer } from './producer-spans.ts'
import { putId } from './put-id.ts'
import { RequestContext } from './request-context.ts'
import { rememberWritten } from './written-carriers.ts'

/** Options of {@link CorrelationPropagator}. */
export interface CorrelationPropagatorOptions {
  /**
   * Header names read, by precedence, in lower case. Set by `CORRELATION_HEADERS`.
   * @defaultValue `['x-correlation-id', 'x-request-id']`
   */
  readonly headers?: readonly string[]
  /**
   * Header names written into message metadata. Set by `CORRELATION_OUTBOUND_HEADER`.
   * @defaultValue `['x-correlation-id']`
   */
  readonly outboundHeaders?: readonly string[]
  /**
   * Baggage key; undefined to leave baggage alone. Set by `CORRELATION_BAGGAGE_KEY`.
   * @defaultValue `'correlation.id'`
   */
  readonly baggageKey?: string | undefined
  /**
   * Whether the ID goes into message and job metadata. Set by `CORRELATION_MESSAGING`.
   * @defaultValue `true`
   */
  readonly messaging?: boolean
  /** What an ID looks like and how one is chosen. Set by `CORRELATION_ID_*` and `CORRELATION_ON_*`. */
  readonly rules?: DecideRules
}

/**
 * Carries the correlation ID beside what another propagator carries.
 *
 * @remarks
 * It wraps the composite that `OTEL_PROPAGATORS` names, so that its decision is made last and once, whatever the
 * order of the list. It never writes into an HTTP request: `inject` cannot see the host, so a default here would send
 * the ID to third parties. The HTTP instrumentations add it once they know the host. Messages (spans of kind PRODUCER)
 * are written here.
 *
 * See https://opentelemetry.io/docs/specs/otel/context/api-propagators/.
 *
 * @public
 */
export class CorrelationPropagator implements TextMapPropagator {
  #inner: TextMapPropagator | undefined
  #innerFields: readonly string[] | undefined
  readonly #headers: readonly string[]
  readonly #outboundHeaders: readonly string[]
  readonly #baggageKey: string | undefined
  readonly #messaging: boolean
  readonly #rules: DecideRules

  /** Never throws. */
  constructor(inner?: TextMapPropagator, options: CorrelationPropagatorOptions = {}) {
    this.#inner = inner
    this.#headers = options.headers ?? [HEADER_CORRELATION_ID, HEADER_REQUEST_ID]
    this.#outboundHeaders = options.outboundHeaders ?? [HEADER_CORRELATION_ID]
    this.#baggageKey = 'baggageKey' in options ? options.baggageKey : BAGGAGE_CORRELATION_ID
    this.#messaging = options.messaging ?? true
    this.#rules = options.rules ?? DEFAULT_RULES
  }

  /**
   * Replaces the propagator inside; used when the application registers its own after the preload.
   *
   * @param fields - The header names without which it finds nothing; undefined where that is not known.
   * @internal
   */
  setInner(inner: TextMapPropagator, fields?: readonly string[]): void {
    if (inner === this) return
    this.#inner = inner
    this.#innerFields = fields
  }

  /**
   * Whether the inner propagator may find something in these headers of an HTTP request.
   * @internal
   */
  mayFind(headers: Readonly<Record<string, unknown>>): boolean {
    return this.#innerFields === undefined || this.#innerFields.some((name) => headers[name] !== undefined)
  }

  /** Reads what the inner propagator reads, then the one ID. Never throws on what a carrier holds. */
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.#extractInner(context, carrier, getter)
    if (carrier === null || carrier === undefined) return extracted

    // An HTTP request was decided when it arrived, whoever extracts it, and however often.
    const state = recallState(carrier) ?? getArriving() ?? stateOfActive(carrier)
    if (state !== undefined) return RequestContext.create(extracted, state, this.#baggageKey)

    const decision = decide(
      {
        headers: this.#headers.map((name) => fieldValues(carrier, name, getter)),
        baggage: () =>
          this.#baggageKey === undefined
            ? undefined
            : readBaggageEntry(fieldValues(carrier, 'baggage', getter)[0], this.#baggageKey),
        trusted: true,
      },
      this.#rules,
    )
    // A carrier without an ID does not end the one that is in force.
    const current = getId(extracted)
    const id = decision.source === 'generated' && current !== undefined ? current : decision.id
    return putId(extracted, id, this.#baggageKey)
  }

  /** Writes what the inner propagator writes; the ID only into messages. */
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const id = getId(context)
    const sends =
      id !== undefined && this.#messaging && isProducer(trace.getSpan(context)) && !isTracingSuppressed(context)
    if (!sends) {
      const clean = this.#baggageKey === undefined ? context : dropBaggageEntry(context, this.#baggageKey)
      this.#inner?.inject(clean, carrier, setter)
      return
    }
    this.#inner?.inject(putId(context, id, this.#baggageKey), carrier, setter)
    for (const name of this.#outboundHeaders) setter.set(carrier, name, id)
    rememberWritten(carrier)
  }

  /** The fields of the inner propagator and the headers of this one. */
  fields(): string[] {
    return [...new Set([...(this.#inner?.fields() ?? []), ...this.#outboundHeaders])]
  }

  /** W3CBaggagePropagator throws on a header that is bytes, and nobody expects `extract` to. */
  #extractInner(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    try {
      return this.#inner?.extract(context, carrier, getter) ?? context
    } catch {
      diag.warn(
        '@org/correlation: a propagator of this application could not read what it was given; the ID is read all the same.',
      )
      return context
    }
  }
}

/** The headers of the request that is being handled: nothing of ours hangs on them. */
function stateOfActive(carrier: unknown): RequestState | undefined {
  const state = getRequestState(contextApi.active())
  return state?.headers === carrier ? state : undefined
}
