// SPDX-License-Identifier: Apache-2.0
import { type Attributes, type Context, type Span, SpanKind } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { ATTR_CORRELATION_ID, ATTR_CORRELATION_REASON, ATTR_CORRELATION_RECEIVED_ID } from '../correlation/names.ts'
import { getRequestState } from '../correlation/request-state.ts'

/** What is used of a span: that of every SDK version fits, and our declarations lead to no SDK that the user may not have. */
interface StartedSpan extends Pick<Span, 'setAttribute' | 'setAttributes'> {
  readonly kind: SpanKind
}

/**
 * Copies the correlation ID of the parent context to each span as it starts.
 *
 * @remarks
 * The server span is included: its parent context is what `CorrelationPropagator.extract` returned. Where the ID is not
 * the caller's, the server span also says why (`correlation.reason`) and what a peer that is not trusted had sent
 * (`correlation.received_id`).
 *
 * @public
 */
export class CorrelationSpanProcessor {
  readonly #attribute: string

  /**
   * @param attribute - The attribute's name. Set by `CORRELATION_SPAN_ATTRIBUTE`; defaults to `correlation.id`.
   */
  constructor(attribute: string = ATTR_CORRELATION_ID) {
    this.#attribute = attribute
  }

  /** Sets the attributes. Never throws. */
  onStart(span: StartedSpan, parentContext: Context): void {
    const id = getId(parentContext)
    if (id === undefined) return
    span.setAttribute(this.#attribute, id)
    if (span.kind !== SpanKind.SERVER) return
    const attributes = decisionAttributes(parentContext)
    if (attributes !== undefined) span.setAttributes(attributes)
  }

  /** Does nothing. */
  onEnd(): void {}

  /** Does nothing: there is no queue here. */
  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  /** Does nothing. */
  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}

/** What a server span says about the decision, or undefined where the ID is the caller's. */
export function decisionAttributes(context: Context): Attributes | undefined {
  const decision = getRequestState(context)?.decision
  if (decision === undefined || decision.source !== 'generated') return undefined
  const attributes: Attributes = { [ATTR_CORRELATION_REASON]: decision.reason }
  if (decision.receivedId !== undefined) attributes[ATTR_CORRELATION_RECEIVED_ID] = decision.receivedId
  return attributes
}
