// SPDX-License-Identifier: Apache-2.0
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const CHANNEL = 'http.server.request.start'

/** Calls back once, when this process has been sent so many HTTP requests. */
export function afterRequests(count: number, callback: () => void): void {
  let left = count
  const onRequest = () => {
    left -= 1
    if (left > 0) return
    unsubscribe(CHANNEL, onRequest)
    callback()
  }
  subscribe(CHANNEL, onRequest)
}
