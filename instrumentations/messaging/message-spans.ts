// SPDX-License-Identifier: Apache-2.0
import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'

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
  /** The queue, topic or exchange; undefined where there are several. */
  readonly destination: string | undefined
  /** Beside the system, the destination and the operation. */
  readonly attributes?: Attributes | undefined
}

/** The spans of the messages of one system: of sending (PRODUCER) and of handling (CONSUMER). */
export class MessageSpans {
  readonly #system: string
  readonly #tracer: Tracer | undefined
  readonly #isActive: () => boolean

  constructor(system: string, tracing: MessagingTracing | undefined) {
    this.#system = system
    this.#tracer = tracing?.provider.getTracer(`@org/correlation/${system}`)
    this.#isActive = tracing?.isActive ?? (() => false)
  }

  /** Undefined where the spans are not ours to make. */
  start(
    operation: MessageOperation | undefined,
    kind: SpanKind.PRODUCER | SpanKind.CONSUMER,
    parent: Context,
    links: readonly Link[] = [],
  ): Span | undefined {
    if (operation === undefined || this.#tracer === undefined || !this.#isActive()) return undefined
    const { name, destination, attributes } = operation
    const described: Attributes = {
      'messaging.system': this.#system,
      ...(destination !== undefined && { 'messaging.destination.name': destination }),
      'messaging.operation.name': name,
      'messaging.operation.type': kind === SpanKind.PRODUCER ? 'send' : 'process',
      ...attributes,
    }
    const spanName = destination === undefined ? name : `${name} ${destination}`
    return this.#tracer.startSpan(spanName, { kind, attributes: described, links: [...links] }, parent)
  }
}
