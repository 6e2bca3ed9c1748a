// SPDX-License-Identifier: Apache-2.0
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { QueuedSpan } from './packed-span.ts'

type Grouped = Map<Resource, Map<InstrumentationScope, QueuedSpan[]>>

/** The spans by resource and scope, in the order of their first spans. */
export function groupSpans(spans: readonly QueuedSpan[]): Grouped {
  const groups: Grouped = new Map()
  for (const span of spans) {
    const { resource, instrumentationScope: scope } = span
    let scopesOf = groups.get(resource)
    if (scopesOf === undefined) {
      scopesOf = new Map()
      groups.set(resource, scopesOf)
    }
    const group = scopesOf.get(scope)
    if (group === undefined) scopesOf.set(scope, [span])
    else group.push(span)
  }
  return groups
}
