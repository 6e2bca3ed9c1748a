// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from './request-state.ts'

let open = 0

/** Counts a request that the application is handed; once, however often it is handed on. */
export function countOpened(state: RequestState): void {
  if (state.isOpen) return
  state.isOpen = true
  open += 1
}

/** Counts it no longer: its response was closed, or it was cut off. */
export function countClosed(state: RequestState): void {
  if (!state.isOpen) return
  state.isOpen = false
  open -= 1
}

/** Whether any request is in flight: what is logged or called then, and under no ID, was probably started by one. */
export function hasOpenRequests(): boolean {
  return open > 0
}
