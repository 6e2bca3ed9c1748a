// SPDX-License-Identifier: Apache-2.0
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { getId } from '../../../src/correlation/context.ts'
import {
  attachState,
  createRequestState,
  type RequestState,
  setRequestState,
} from '../../../src/correlation/request-state.ts'
import { adopted } from '../correlation/decide-cases.ts'

export function stateOf(id: string): RequestState {
  const state = createRequestState(adopted(id), undefined, undefined)
  state.context = setRequestState(ROOT_CONTEXT, state)
  return state
}

const strangers = stateOf('stranger')
export const inStrangers = <T>(run: () => T): T => context.with(strangers.context ?? ROOT_CONTEXT, run)
export const activeId = () => getId(context.active())

/** A request and its response, as they are once they were handed to the application. */
export function arrive(id = 'own') {
  const state = stateOf(id)
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  attachState(request, state)
  attachState(response, state)
  return { state, request, response }
}
