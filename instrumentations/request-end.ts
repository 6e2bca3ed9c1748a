// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http'
import { countClosed } from '../src/correlation/open-requests.ts'
import { endSpan, type RequestState } from '../src/correlation/request-state.ts'
import type { Runtime } from '../src/runtime.ts'
import { forgetOpen } from './open-responses.ts'
import { countRequest } from './response-header.ts'

/** A request that was read to its end is closed long before it is answered; of one that was cut off there may be no other sign. */
export function requestClosed(request: IncomingMessage, state: RequestState, runtime: Runtime): void {
  if (request.aborted === true) closed(state, runtime)
}

/** The usual end. */
export function responseClosed(state: RequestState, runtime: Runtime): void {
  forgetOpen(state)
  closed(state, runtime)
}

function closed(state: RequestState, runtime: Runtime): void {
  // Bound to request and response, which work that the request has left behind would keep alive through its context.
  state.onFinish = undefined
  countClosed(state)
  if (state.span !== undefined) endSpan(state)
  countRequest(state, runtime)
}
