// SPDX-License-Identifier: Apache-2.0
import {
  type Attributes,
  type Context,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { activeContext } from '../../src/correlation/active-context.ts'
import { getId, setId } from '../../src/correlation/context.ts'
import { type CorrelationId, parseId } from '../../src/correlation/id.ts'
import { prependToBaggageHeader, putBaggageEntry } from '../../src/propagation/baggage-entry.ts'
import { fieldValues, messageGetter } from '../../src/propagation/carrier.ts'
import type { Runtime } from '../../src/runtime.ts'
import { endMessageSpan } from './message-span.ts'

/** Where the spans of messages go. */
export interface MessagingTracing {
  readonly provider: TracerProvider
  /** Whether they are ours to make at this moment. */
  readonly isActive: () => boolean
}

/** What is done to a message, in the words of https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/. */
export interface MessageOperation {
  /** The library's own word for it, such as `add` or `publish`: the span's name begins with it. */
  readonly name: string
  /** The queue, topic or exchange. */
  readonly destination: string
  /** Beside the system, the destination and the operation. */
  readonly attributes?: Attributes | undefined
}

/** A message on its way out. */
export interface Sending {
  /** The sender's own, with the ID that the message gets. */
  readonly context: Context
  readonly id: CorrelationId | undefined
  /** Writes what travels into the message's metadata: the ID always, the trace context where the span is ours. */
  inject<Carrier>(carrier: Carrier, setter?: TextMapSetter<Carrier>): void
  /** Ends the span; never throws. */
  end(error?: unknown): void
}

/** A message that is being handled. */
export interface Processing {
  /** What the handler runs in. */
  readonly context: Context
  readonly id: CorrelationId
  end(error?: unknown): void
}

/** How {@link Messaging.process} reads a message. */
export interface ProcessOptions<Carrier> {
  readonly getter?: TextMapGetter<Carrier>
  /** A run of its own, such as one of a schedule: a new ID, and a link to what is carried, whatever `CORRELATION_JOBS` says. */
  readonly isNewRun?: boolean
}

/**
 * What travels with the messages and jobs of one system, and their spans: one implementation for each library that sends some.
 *
 * A message has an ID from the moment it is sent, also where the sender has none: each attempt to handle it then has the same.
 */
export class Messaging {
  readonly #runtime: Runtime
  readonly #system: string
  readonly #tracer: Tracer | undefined
  readonly #isActive: () => boolean

  /** @param system - The value of `messaging.system`, such as `rabbitmq`. */
  constructor(runtime: Runtime, system: string, tracing: MessagingTracing | undefined) {
    this.#runtime = runtime
    this.#system = system
    this.#tracer = tracing?.provider.getTracer(`@org/correlation/${system}`)
    this.#isActive = tracing?.isActive ?? (() => false)
  }

  /**
   * Begins to send a message, from the active context.
   *
   * @param carrier - Its metadata, as the sender has made it: see {@link senderOf}.
   */
  send<Carrier>(
    operation: MessageOperation,
    carrier?: Carrier,
    getter = messageGetter as TextMapGetter<Carrier>,
  ): Sending {
    const own = this.senderOf(carrier, getter)
    const span = this.#startSpan(operation, SpanKind.PRODUCER, 'send', own)
    return {
      context: span === undefined ? own : trace.setSpan(own, span),
      id: getId(own),
      inject: (carrier, setter = defaultTextMapSetter) => this.#inject(own, span, carrier, setter),
      end: (error) => endMessageSpan(span, error),
    }
  }

  /**
   * Begins to handle a message. Whatever context the library happens to call from is none of the message's.
   *
   * @param carrier - Its metadata, as it arrived: checked like a header. Without a well-formed ID in it there is a new one.
   */
  process<Carrier>(
    operation: MessageOperation,
    carrier: Carrier,
    { getter = messageGetter as TextMapGetter<Carrier>, isNewRun = false }: ProcessOptions<Carrier> = {},
  ): Processing {
    const { config, rules } = this.#runtime
    let sent = propagation.extract(ROOT_CONTEXT, carrier, getter)
    if (isNewRun || getId(sent) === undefined) sent = this.#withId(sent, rules.generate())
    const isChild = config.jobs === 'parent' && !isNewRun
    const producer = trace.getSpanContext(sent)
    const parent = isChild ? sent : trace.deleteSpan(sent)
    const links = producer === undefined || isChild ? [] : [{ context: producer }]
    const span = this.#startSpan(operation, SpanKind.CONSUMER, 'process', parent, links)
    return {
      context: span === undefined ? parent : trace.setSpan(parent, span),
      id: getId(parent) as CorrelationId,
      end: (error) => endMessageSpan(span, error),
    }
  }

  /**
   * The context that a message is sent from, with the ID that the message gets. It is the active one, unless the metadata has another ID already:
   * the sender chose it, or hands on a message that it kept, later and from wherever it happens to be.
   */
  senderOf<Carrier>(carrier: Carrier | undefined, getter: TextMapGetter<Carrier>): Context {
    const active = activeContext()
    const { config, outboundHeaders, rules } = this.#runtime
    if (!config.messaging) return active
    for (const name of carrier === undefined ? [] : outboundHeaders) {
      for (const text of fieldValues(carrier, name, getter)) {
        const id = parseId(text, rules.idRules)
        if (id === undefined) continue
        return id === getId(active) ? active : this.#withId(propagation.extract(active, carrier, getter), id)
      }
    }
    return getId(active) === undefined ? this.#withId(active, rules.generate()) : active
  }

  /** Whether a carrier already has an ID of somebody who knows of them: one that the library kept from an earlier message, for instance. */
  carries<Carrier>(carrier: Carrier, getter = messageGetter as TextMapGetter<Carrier>): boolean {
    const { outboundHeaders } = this.#runtime
    return outboundHeaders.some((name) => fieldValues(carrier, name, getter).length > 0)
  }

  #withId(context: Context, id: CorrelationId): Context {
    const { baggageKey } = this.#runtime
    const own = setId(context, id)
    return baggageKey === undefined ? own : putBaggageEntry(own, baggageKey, id)
  }

  #startSpan(
    { name, destination, attributes }: MessageOperation,
    kind: SpanKind,
    type: 'send' | 'process',
    parent: Context,
    links: { readonly context: ReturnType<Span['spanContext']> }[] = [],
  ): Span | undefined {
    if (this.#tracer === undefined || !this.#isActive()) return undefined
    const described = {
      'messaging.system': this.#system,
      'messaging.destination.name': destination,
      'messaging.operation.name': name,
      'messaging.operation.type': type,
      ...attributes,
    }
    return this.#tracer.startSpan(`${name} ${destination}`, { kind, attributes: described, links }, parent)
  }

  #inject<Carrier>(own: Context, span: Span | undefined, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    if (span !== undefined) {
      propagation.inject(trace.setSpan(own, span), carrier, setter)
      return
    }
    // Whose spans these are, that one's instrumentation writes the trace context; a second writer would break the link.
    const { config, outboundHeaders, baggageKey } = this.#runtime
    const id = getId(own)
    if (id === undefined || !config.messaging) return
    for (const name of outboundHeaders) setter.set(carrier, name, id)
    if (baggageKey === undefined) return
    const [present] = fieldValues(carrier, 'baggage', messageGetter)
    setter.set(carrier, 'baggage', prependToBaggageHeader(present, baggageKey, id))
  }
}
