// SPDX-License-Identifier: Apache-2.0
import http, { type ClientRequest } from 'node:http'
import { allowsTarget, type OutboundPolicy } from '../src/propagation/outbound-policy.ts'
import { proxyOf } from './http-proxy.ts'
import { type AgentLike, callOf, type OutgoingCall } from './outgoing-call.ts'

type AddRequest = (this: AgentLike, request: ClientRequest, options: unknown, ...rest: unknown[]) => void

/**
 * Notes which agents a request is handed to, and with which port: the request itself does not keep the port, its Host
 * header may be the application's (or, in a proxy, the client's), and an agent that chooses among proxies hands it on.
 */
export function observeAgents(): void {
  const prototype = http.Agent.prototype as unknown as { addRequest: AddRequest }
  const original = prototype.addRequest
  prototype.addRequest = function addRequest(request, options, ...rest) {
    try {
      noteAgent(callOf(request), this, options as { readonly port?: unknown } | undefined)
    } catch {
      // Without it the port is unknown, which allows no more than the port would.
    }
    original.call(this, request, options, ...rest)
  }
}

function noteAgent(call: OutgoingCall, agent: AgentLike, options: { readonly port?: unknown } | undefined): void {
  if (call.agent === undefined) {
    call.agent = agent
    call.port = toPort(options?.port)
  } else if (call.agent !== agent) {
    call.otherAgents ??= []
    if (!call.otherAgents.includes(agent)) call.otherAgents.push(agent)
  }
}

/**
 * Whether everyone who gets to see a request in clear text, as far as Node says it, is allowed, as of now: before its agent has it the
 * port is unknown, and proxy agents change its path. What cannot be read is not: agents are anybody's code.
 */
export function isRouteAllowed(request: ClientRequest, call: OutgoingCall, policy: OutboundPolicy): boolean {
  try {
    // A Unix socket or a pipe: there is no host to judge.
    if ((request as { readonly socketPath?: unknown }).socketPath) return false
    const { host, path } = request
    if (!allowsTarget(policy, { host, port: call.port, path })) return false
    const own = (request as { readonly agent?: AgentLike | null }).agent
    if (own && !isAgentAllowed(own, request, call, policy)) return false
    if (call.agent !== undefined && call.agent !== own && !isAgentAllowed(call.agent, request, call, policy))
      return false
    return call.otherAgents?.every((agent) => isAgentAllowed(agent, request, call, policy)) ?? true
  } catch {
    return false
  }
}

function isAgentAllowed(agent: AgentLike, request: ClientRequest, call: OutgoingCall, policy: OutboundPolicy): boolean {
  const { options } = agent
  if (options !== undefined && options !== null) {
    // The options of an agent go over those of the request: `new Agent({ socketPath })` is how Docker clients connect.
    if (options.socketPath) return false
    if (options.host || options.port) {
      const host = options.host ? String(options.host) : request.host
      const port = toPort(options.port) ?? call.port
      if (!allowsTarget(policy, { host, port, path: request.path })) return false
    }
  }
  const proxy = proxyOf(request, agent)
  return proxy === undefined || policy.allows(proxy.host, proxy.port)
}

function toPort(value: unknown): number | undefined {
  const port = Number(value)
  return Number.isInteger(port) && port > 0 ? port : undefined
}
