// SPDX-License-Identifier: Apache-2.0
import {
  type Attributes,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api'
import {
  cleanAttributes,
  cleanSimpleAttributes,
  hrTimeDuration,
  type InstrumentationScope,
  isTimeInput,
} from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { exceptionAttributes } from './exception-attributes.ts'
import { addAttribute } from './span-attributes.ts'
import { SpanClock } from './span-clock.ts'
import type { SpanLimits } from './span-limits.ts'

/** What all spans of a tracer have in common. */
export interface SpanSetting {
  readonly scope: InstrumentationScope
  readonly resource: Resource
  readonly limits: SpanLimits
  onEnd(span: RecordedSpan): void
}

/** What a span begins with. */
export interface SpanBeginning {
  readonly name: string
  readonly kind: SpanKind
  readonly spanContext: SpanContext
  readonly parentSpanContext: SpanContext | undefined
  readonly startTime: TimeInput | undefined
}

/**
 * A span that is recorded, with the limits and the leniency of the SDK's own.
 *
 * The SDK's checks and copies each attribute two times before a span begins, with a set for cycles that nothing but a nested value needs. Here text, numbers and booleans are taken as they are, and anything else goes the SDK's way.
 */
export class RecordedSpan implements Span, ReadableSpan {
  name: string
  readonly kind: SpanKind
  readonly parentSpanContext?: SpanContext
  readonly attributes: Attributes = {}
  readonly links: Link[] = []
  readonly events: TimedEvent[] = []
  readonly startTime: HrTime
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  status: SpanStatus = { code: SpanStatusCode.UNSET }
  endTime: HrTime = [0, 0]
  duration: HrTime = [-1, -1]
  ended = false
  droppedAttributesCount = 0
  droppedEventsCount = 0
  droppedLinksCount = 0
  readonly #spanContext: SpanContext
  readonly #setting: SpanSetting
  readonly #clock: SpanClock
  #attributesCount = 0

  constructor(setting: SpanSetting, { name, kind, spanContext, parentSpanContext, startTime }: SpanBeginning) {
    this.name = name
    this.kind = kind
    this.#spanContext = spanContext
    if (parentSpanContext !== undefined) this.parentSpanContext = parentSpanContext
    this.#clock = new SpanClock(startTime)
    this.startTime = this.#clock.startTime
    this.resource = setting.resource
    this.instrumentationScope = setting.scope
    this.#setting = setting
  }

  spanContext(): SpanContext {
    return this.#spanContext
  }

  isRecording(): boolean {
    return !this.ended
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.#isOpen()) return this
    const outcome = addAttribute(this.attributes, this.#attributesCount, key, value, this.#setting.limits)
    if (outcome === 'added') this.#attributesCount += 1
    else if (outcome === 'dropped') this.droppedAttributesCount += 1
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key])
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.#isOpen()) return this
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } = this.#setting.limits
    const isTime = isTimeInput(attributesOrTime)
    const attributes = isTime ? undefined : attributesOrTime
    const at = isTimeInput(time) ? time : isTime ? attributesOrTime : undefined
    this.droppedEventsCount += makeRoom(this.events, eventCountLimit)
    if (eventCountLimit === 0) return this
    this.events.push({
      name,
      time: this.#clock.timeOf(at),
      ...cleanSimpleAttributes(attributes, {
        attributeCountLimit: attributePerEventCountLimit,
        attributeValueLengthLimit,
      }),
    })
    return this
  }

  addLink(link: Link): this {
    if (!this.#isOpen()) return this
    const { linkCountLimit, attributePerLinkCountLimit, attributeValueLengthLimit } = this.#setting.limits
    this.droppedLinksCount += makeRoom(this.links, linkCountLimit)
    if (linkCountLimit === 0) return this
    this.links.push({
      context: link.context,
      ...cleanAttributes(link.attributes, {
        attributeCountLimit: attributePerLinkCountLimit,
        attributeValueLengthLimit,
      }),
    })
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus({ code, message }: SpanStatus): this {
    if (!this.#isOpen() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code }
    return this
  }

  updateName(name: string): this {
    if (this.#isOpen()) this.name = name
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception)
    if (attributes !== undefined) this.addEvent('exception', attributes, time)
    else diag.warn('An exception that has neither a name nor a message is not recorded.')
  }

  end(time?: TimeInput): void {
    if (!this.#isOpen()) return
    this.endTime = this.#clock.timeOf(time)
    this.duration = hrTimeDuration(this.startTime, this.endTime)
    if (this.duration[0] < 0) {
      diag.warn('A span ends before it starts; its duration is taken for zero.')
      this.endTime = [...this.startTime]
      this.duration = [0, 0]
    }
    this.ended = true
    this.#setting.onEnd(this)
  }

  #isOpen(): boolean {
    if (this.ended) diag.warn(`The span ${this.#spanContext.spanId} has ended: what is called on it now has no effect.`)
    return !this.ended
  }
}

/** Where the list is full the oldest entry goes. */
function makeRoom(list: unknown[], limit: number): number {
  if (list.length < limit) return 0
  list.shift()
  return 1
}
