// SPDX-License-Identifier: Apache-2.0
import {
  type Attributes,
  type Context,
  defaultTextMapSetter,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api'
import { activeContext } from '../../src/correlation/active-context.ts'
import { getId } from '../../src/correlation/context.ts'
import type { CorrelationId } from '../../src/correlation/id.ts'
import { messageGetter } from '../../src/propagation/carrier.ts'
import { putId } from '../../src/propagation/put-id.ts'
import type { Runtime } from '../../src/runtime.ts'
import { endSpan } from '../end-span.ts'
import { type SenderTrace, withGivenId } from './given-id.ts'
import { type MessageOperation, MessageSpans, type MessagingTracing } from './message-spans.ts'
import { replaceId, writeId } from './write-id.ts'

export type { MessageOperation, MessagingTracing } from './message-spans.ts'

/** A message on its way out. */
export interface Sending {
  /** The sender's own, with the ID that the message gets. */
  readonly context: Context
  readonly id: CorrelationId | undefined
  /** Writes what travels into the message's metadata: the ID always, the trace context where the span is ours. */
  inject<Carrier>(carrier: Carrier, setter?: TextMapSetter<Carrier>): void
  /**
   * Ends the span; never throws.
   *
   * @param attributes - What is known only now, such as the ID that the broker gave the message.
   */
  end(error?: unknown, attributes?: Attributes): void
}

/** A message that came in. */
export interface Received {
  /** What belongs to the message, but not to its handling, runs in. */
  readonly context: Context
  readonly id: CorrelationId
  /** To the sender's span, where the handling is no child of that. */
  readonly links: readonly Link[]
}

/** A message that is being handled. */
export interface Processing {
  /** What the handler runs in. */
  readonly context: Context
  readonly id: CorrelationId
  end(error?: unknown, attributes?: Attributes): void
}

/** How {@link Messaging.receive} and {@link Messaging.process} read a message. */
export interface ProcessOptions<Carrier> {
  readonly getter?: TextMapGetter<Carrier>
  /** A run of its own, such as one of a schedule: a new ID, and a link to what is carried, whatever `CORRELATION_JOBS` says. */
  readonly isNewRun?: boolean
  /** A run of its own whose ID is in the carrier, by {@link Messaging.renew}: a link, whatever `CORRELATION_JOBS` says. */
  readonly isLinked?: boolean
  /** What the handler has beside what is carried, such as the ID of a batch for a message that has none; nothing by default. */
  readonly base?: Context
  /** Links of the span, beside the one to the producer's. */
  readonly links?: readonly Link[]
}

/**
 * What travels with the messages and jobs of one system, and their spans: one implementation for each library that sends some.
 *
 * A message has an ID from the moment it is sent, also where the sender has none: each attempt to handle it then has the same.
 */
export class Messaging {
  readonly #runtime: Runtime
  readonly #spans: MessageSpans

  /** @param system - The value of `messaging.system`, such as `rabbitmq`. */
  constructor(runtime: Runtime, system: string, tracing: MessagingTracing | undefined) {
    this.#runtime = runtime
    this.#spans = new MessageSpans(system, tracing)
  }

  /**
   * Begins to send a message, in the active context.
   *
   * @param operation - Undefined where somebody else makes the spans of it.
   * @param given - Metadata that the application itself has put there: see {@link senderOf}.
   */
  send<Carrier>(
    operation: MessageOperation | undefined,
    given?: Carrier,
    getter = messageGetter as TextMapGetter<Carrier>,
    from?: SenderTrace,
  ): Sending {
    const own = this.senderOf(given, getter, from)
    const span = this.#spans.start(operation, SpanKind.PRODUCER, own)
    return {
      context: span === undefined ? own : trace.setSpan(own, span),
      id: getId(own),
      inject: (carrier, setter = defaultTextMapSetter) => this.#inject(own, span, carrier, setter),
      end: (error, attributes) => endSpan(span, error, attributes),
    }
  }

  /**
   * Begins to handle a message. Whatever context the library happens to call from is none of the message's.
   *
   * @param carrier - Its metadata, as it arrived: checked like a header. Without a well-formed ID in it there is a new one.
   */
  process<Carrier>(operation: MessageOperation, carrier: Carrier, options?: ProcessOptions<Carrier>): Processing {
    return this.begin(operation, this.receive(carrier, options))
  }

  /** The first half of {@link process}, for libraries that tell of a message before they hand it over. */
  receive<Carrier>(
    carrier: Carrier,
    {
      getter = messageGetter as TextMapGetter<Carrier>,
      isNewRun = false,
      isLinked = isNewRun,
      base = ROOT_CONTEXT,
      links: others = [],
    }: ProcessOptions<Carrier> = {},
  ): Received {
    const { config, rules } = this.#runtime
    let sent = propagation.extract(base, carrier, getter)
    if (isNewRun || getId(sent) === undefined) sent = putId(sent, rules.generate(), this.#runtime.baggageKey)
    const isChild = config.jobs === 'parent' && !isLinked
    const producer = trace.getSpanContext(sent)
    const context = isChild ? sent : trace.deleteSpan(sent)
    const links = producer === undefined || isChild ? others : [{ context: producer }, ...others]
    return { context, id: getId(context) as CorrelationId, links }
  }

  /**
   * The second half of {@link process}.
   *
   * @param operation - Undefined where somebody else makes the spans of it.
   */
  begin(operation: MessageOperation | undefined, { context, id, links }: Received): Processing {
    const span = this.#spans.start(operation, SpanKind.CONSUMER, context, links)
    return {
      context: span === undefined ? context : trace.setSpan(context, span),
      id,
      end: (error, attributes) => endSpan(span, error, attributes),
    }
  }

  /**
   * The context that a message is sent from, with the ID that the message gets. It is the active one, unless the metadata has another well-formed ID
   * already: the sender chose it, or hands on a message that it kept, later and from wherever it happens to be.
   *
   * @param from - Whose trace a message with another ID is sent in.
   */
  senderOf<Carrier>(given: Carrier | undefined, getter: TextMapGetter<Carrier>, from: SenderTrace = 'active'): Context {
    const active = activeContext()
    const { config, rules } = this.#runtime
    if (!config.messaging) return active
    const own = given === undefined ? active : withGivenId(active, given, getter, from)
    return getId(own) === undefined ? putId(own, rules.generate(), this.#runtime.baggageKey) : own
  }

  /** Gives a carrier a new ID in place of the one that it has, for a run of its own; the trace context in it stays. */
  renew<Carrier>(carrier: Carrier, setter: TextMapSetter<Carrier> = defaultTextMapSetter): void {
    if (this.#runtime.config.messaging) replaceId(this.#runtime, carrier, this.#runtime.rules.generate(), setter)
  }

  #inject<Carrier>(own: Context, span: Span | undefined, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    if (!this.#runtime.config.messaging) return
    if (span !== undefined) {
      propagation.inject(trace.setSpan(own, span), carrier, setter)
      return
    }
    // Whose spans these are, that one's instrumentation writes the trace context; a second writer would break the link.
    const id = getId(own)
    if (id !== undefined) writeId(this.#runtime, carrier, id, setter)
  }
}
