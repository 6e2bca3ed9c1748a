// SPDX-License-Identifier: Apache-2.0
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ContextManager } from '@opentelemetry/api'
import { type Decision, decide, decideMissing, decideSole } from '../src/correlation/decide.ts'
import {
  attachState,
  createRequestState,
  type RequestState,
  rememberState,
  setArriving,
} from '../src/correlation/request-state.ts'
import { readBaggageEntry } from '../src/propagation/baggage-entry.ts'
import { HEADER_AMZN_TRACE_ID } from '../src/propagation/carrier.ts'
import { peerAddressOf } from '../src/propagation/peer-address.ts'
import type { Runtime } from '../src/runtime.ts'
import { rememberForwardable } from './forwarded-headers.ts'
import { patchBind } from './own-bind.ts'
import { contextFrom } from './request-context.ts'
import { addRequestHeaders, receivedValues, rewriteRequestHeaders } from './request-headers.ts'
import { patchWriteHead } from './response-header.ts'
import { patchOtherServer, patchServerEmit, type ServerEmitParts } from './server-emit.ts'
import type { ServerSpans } from './server-span.ts'

interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server: object
}

/**
 * Gives each request that Node's HTTP server parses its one ID, and makes it active.
 *
 * Deciding happens on a diagnostics channel: a hook of an HTTP instrumentation is skipped for ignored paths, and gone when the
 * application adds an instance of its own. `bindStore` has no effect on this channel, and
 * `enterWith` leaks into the next request of a keep-alive connection, so a patched `emit` makes the context active.
 */
export function instrumentHttpServer(
  runtime: Runtime,
  contextManager: ContextManager,
  spans: ServerSpans | undefined,
): void {
  const parts: ServerEmitParts = { runtime, spans, decide: (request) => decideRequest(request, runtime) }
  patchWriteHead(runtime)
  subscribe('http.server.request.start', (message) => {
    try {
      const { request, response, server } = message as RequestStart
      const state = decideRequest(request, runtime)
      attachState(response, state)
      setArriving(state)
      patchOtherServer(server, parts)
      // Not every server's `request` event need come by here.
      void settled.then(endArriving)
    } catch {
      // A subscriber that throws ends the process; the patched emit decides again.
    }
  })
  patchBind(contextManager, (base, state) => contextFrom(base, state, runtime))
  patchServerEmit(parts)
}

/** `queueMicrotask` makes an async resource for each. */
const settled = Promise.resolve()

function endArriving(): void {
  setArriving(undefined)
}

function decideRequest(request: IncomingMessage, runtime: Runtime): RequestState {
  const { config, rules, outboundHeaders } = runtime
  const { headers } = request
  const receivedBaggage = headers['baggage'] as string | undefined
  const sole = soleId(request, runtime, receivedBaggage)
  const decision = typeof sole === 'string' ? decideMissing(rules) : (sole ?? decideFully(request, runtime))
  const rewritten = !config.rewriteRequest
    ? undefined
    : sole === NOTHING
      ? addRequestHeaders(request, decision.id, outboundHeaders, config.headers)
      : rewriteRequestHeaders(request, decision.id, config.headers, outboundHeaders)
  const state = createRequestState(decision, rewritten, receivedBaggage, headers)
  attachState(request, state)
  if (!runtime.findsOwnIds || !config.rewriteRequest) rememberState(headers, state)
  rememberForwardable(state)
  return state
}

const NOTHING = 'nothing'

/**
 * The two usual requests, decided without a list of anything: one that has nothing of ours, and one with a well-formed ID under the
 * first name that is there. Undefined for others.
 */
function soleId(
  request: IncomingMessage,
  runtime: Runtime,
  receivedBaggage: string | undefined,
): typeof NOTHING | Decision | undefined {
  for (const name of runtime.config.headers) {
    const value = request.headers[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || name === HEADER_AMZN_TRACE_ID) return undefined
    return decideSole(value, isTrusted(request, runtime), runtime.rules)
  }
  return receivedBaggage === undefined || runtime.baggageKey === undefined ? NOTHING : undefined
}

function decideFully(request: IncomingMessage, runtime: Runtime): Decision {
  const { config, baggageKey } = runtime
  return decide(
    {
      headers: config.headers.map((name) => receivedValues(request, name)),
      baggage: () =>
        baggageKey === undefined
          ? undefined
          : readBaggageEntry(request.headers['baggage'] as string | undefined, baggageKey),
      trusted: isTrusted(request, runtime),
    },
    runtime.rules,
  )
}

function isTrusted(request: IncomingMessage, { trust }: Runtime): boolean {
  return trust.all || trust.trusts(peerAddressOf(request.socket))
}
