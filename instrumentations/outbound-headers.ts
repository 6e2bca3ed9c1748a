// SPDX-License-Identifier: Apache-2.0
import { type Context, diag } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { getId } from '../src/correlation/context.ts'
import type { CorrelationId } from '../src/correlation/id.ts'
import { hasOpenRequests } from '../src/correlation/open-requests.ts'
import { getRequestState, type RequestState } from '../src/correlation/request-state.ts'
import { prependToBaggageHeader, removeFromBaggageHeader } from '../src/propagation/baggage-entry.ts'
import type { Runtime } from '../src/runtime.ts'
import { originalOf } from './forwarded-headers.ts'
import type { HeaderBag } from './header-bag.ts'

/** What an outbound request may carry, decided once when it is made. */
export interface OutboundPlan {
  /** The ID to send; undefined where there is none, or where an exporter is at work. */
  readonly id: CorrelationId | undefined
  readonly state: RequestState | undefined
  readonly allowed: boolean
  /** Header names that were added, in case the request turns out to go elsewhere after all. */
  added: readonly string[]
}

const NONE: readonly string[] = []
const MAX_NAMED_HOSTS = 20
const namedHosts = new Set<string>()

/** Decides, counts, and names the first hosts that the policy withholds the ID from. */
export function planOutbound(active: Context, allowed: boolean, host: string, runtime: Runtime): OutboundPlan {
  const state = getRequestState(active)
  // A batch exporter's timer keeps the context of the request it was started in, with tracing suppressed.
  const exporting = isTracingSuppressed(active) && state?.suppressed !== true
  const id = exporting ? undefined : getId(active)
  if (id !== undefined) {
    runtime.metrics.outbound(allowed ? 'sent' : 'withheld')
    if (!allowed) nameHost(host)
  } else if (!exporting && hasOpenRequests()) {
    runtime.metrics.outbound('missing')
    runtime.lostContext.name('A request is made')
  }
  return { id, state, allowed, added: NONE }
}

function nameHost(host: string): void {
  if (namedHosts.size >= MAX_NAMED_HOSTS || namedHosts.has(host)) return
  namedHosts.add(host)
  diag.info(
    `@org/correlation: requests to ${JSON.stringify(host.slice(0, 255))} leave without the correlation ID, because CORRELATION_PROPAGATE_TO does not allow that host.`,
  )
}

/**
 * Makes the headers agree with the plan: ours added where `allowed`, and taken out where not. It may be called again when more
 * is known of where the request goes.
 */
export function applyOutboundPlan(bag: HeaderBag, plan: OutboundPlan, allowed: boolean, runtime: Runtime): void {
  if (allowed) addOurs(bag, plan, runtime)
  else removeOurs(bag, plan, runtime)
}

function addOurs(bag: HeaderBag, plan: OutboundPlan, runtime: Runtime): void {
  if (plan.id === undefined) return
  for (const name of runtime.outboundHeaders) {
    // A header that the caller set is the caller's.
    if (bag.get(name) !== undefined) continue
    bag.set(name, plan.id)
    if (!plan.added.includes(name)) plan.added = withName(plan.added, name)
  }
  if (runtime.baggageKey !== undefined) {
    bag.set('baggage', prependToBaggageHeader(bag.get('baggage'), runtime.baggageKey, plan.id))
  }
}

/** One list for all requests that get one and the same header, which nearly all do. */
let oneName: readonly string[] = NONE
function withName(names: readonly string[], name: string): readonly string[] {
  if (names.length > 0) return [...names, name]
  if (oneName[0] !== name) oneName = [name]
  return oneName
}

/** The names that may hold an ID, joined once. */
const idNames = new WeakMap<Runtime, readonly string[]>()
function idNamesOf(runtime: Runtime): readonly string[] {
  let names = idNames.get(runtime)
  if (names === undefined) {
    names = [...new Set([...runtime.config.headers, ...runtime.outboundHeaders])]
    idNames.set(runtime, names)
  }
  return names
}

function removeOurs(bag: HeaderBag, plan: OutboundPlan, runtime: Runtime): void {
  const { config } = runtime
  for (const name of idNamesOf(runtime)) {
    const value = bag.get(name)
    if (value === undefined) continue
    if (config.stripForwarded || (plan.added.includes(name) && value === plan.id)) {
      bag.remove(name)
      continue
    }
    const original = originalOf(name, value, plan.state)
    if (!original.found) continue
    if (original.value === undefined) bag.remove(name)
    else bag.set(name, original.value)
  }
  if (runtime.baggageKey !== undefined) removeBaggage(bag, plan, runtime.baggageKey)
}

/** Another propagator than ours may have written the entry from the context's baggage. */
function removeBaggage(bag: HeaderBag, plan: OutboundPlan, key: string): void {
  const header = bag.get('baggage')
  if (header === undefined || header === plan.state?.receivedBaggage) return
  const rest = removeFromBaggageHeader(header, key)
  if (rest === header) return
  if (rest === undefined) bag.remove('baggage')
  else bag.set('baggage', rest)
}
