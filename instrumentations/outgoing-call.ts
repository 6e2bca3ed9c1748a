// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest } from 'node:http'
import type { Context } from '@opentelemetry/api'
import { activeContext } from '../src/correlation/active-context.ts'
import { getId } from '../src/correlation/context.ts'
import { hiddenField } from '../src/correlation/hidden-field.ts'
import { getRequestState } from '../src/correlation/request-state.ts'
import type { ClientSpan } from './client-span.ts'
import type { OutboundPlan } from './outbound-headers.ts'

/** What is read of an agent, anybody's code. */
export interface AgentLike {
  readonly options?: { readonly host?: unknown; readonly port?: unknown; readonly socketPath?: unknown }
}

/** What is known of one request of `node:http`, from the moment it is made. */
export class OutgoingCall {
  readonly made: Context
  /** The first agent that it was handed to, and the port it was handed over with. */
  agent: AgentLike | undefined = undefined
  port: number | undefined = undefined
  /** A proxy agent may choose among others. */
  otherAgents: AgentLike[] | undefined = undefined
  /** Made when its head is serialised for the first time. */
  plan: OutboundPlan | undefined = undefined
  /** It was decided whether there is a span. */
  isBegun = false
  /** Tracing is ours: its listeners run in the very context that it was made in, in which that span is active that was active there. */
  isTraced = false
  span: ClientSpan | undefined = undefined

  constructor(made: Context) {
    this.made = made
  }

  /** Whether a listener may run in this context as it is. Without spans it is enough that it has the ID, or as little an ID. */
  isAtHome(active: Context): boolean {
    if (active === this.made) return true
    return (
      !this.isTraced && getRequestState(active) === getRequestState(this.made) && getId(active) === getId(this.made)
    )
  }
}

const calls = hiddenField<OutgoingCall>()

/** The record of a request, or undefined where it was made before us. */
export function findCall(request: object): OutgoingCall | undefined {
  return calls.get(request)
}

/** The record of a request; it is made at the first sight of it, which is in the caller's context. */
export function callOf(request: ClientRequest): OutgoingCall {
  return calls.get(request) ?? rememberCall(request, new OutgoingCall(activeContext()))
}

/** Puts the record on an object that has none. */
export function rememberCall(object: object, call: OutgoingCall): OutgoingCall {
  calls.set(object, call)
  return call
}
