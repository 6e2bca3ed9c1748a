// SPDX-License-Identifier: Apache-2.0
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { AddAttributeDecision, maybeAddAttribute } from '@opentelemetry/core'
import type { SpanLimits } from './span-limits.ts'

/** What became of an attribute. */
export type AddOutcome = 'added' | 'replaced' | 'dropped' | 'ignored'

/**
 * Adds an attribute where there is room for it. Text, numbers and booleans, which nearly all are, are taken as they are; the rest
 * goes the SDK's way, which checks nested values, and copies them.
 */
export function addAttribute(
  attributes: Attributes,
  count: number,
  key: string,
  value: unknown,
  limits: SpanLimits,
): AddOutcome {
  const type = typeof value
  const isPlain =
    (type === 'string' && (value as string).length <= limits.attributeValueLengthLimit) || type === 'number'
  if ((isPlain || type === 'boolean') && key !== '') {
    const isNew = !Object.hasOwn(attributes, key)
    if (isNew && count >= limits.attributeCountLimit) return 'dropped'
    attributes[key] = value as AttributeValue
    return isNew ? 'added' : 'replaced'
  }
  const options = { key, value: value as AttributeValue, attributes, limits, currentAttributesCount: count }
  return OUTCOMES[maybeAddAttribute(options)]
}

const OUTCOMES: Readonly<Record<AddAttributeDecision, AddOutcome>> = {
  [AddAttributeDecision.DROP_UNDEFINED]: 'ignored',
  [AddAttributeDecision.DROP_INVALID]: 'ignored',
  [AddAttributeDecision.DROP_LIMIT_REACHED]: 'dropped',
  [AddAttributeDecision.ADD_NEW]: 'added',
  [AddAttributeDecision.ADD_OVERWRITE_EXISTING]: 'replaced',
}
