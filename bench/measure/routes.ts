// SPDX-License-Identifier: Apache-2.0
import type { LoadOrder } from '../processes/load.ts'

/** A kind of request, and what is asked of the app to get one. */
export interface Route {
  readonly name: string
  readonly title: string
  readonly path: string
  /** What `http.route` is where a server span is right. */
  readonly template: string
  readonly order?: Pick<LoadOrder, 'method' | 'headers' | 'body'>
  readonly callsOut: boolean
}

const TEXT = { 'content-type': 'text/plain' }

export const ROUTES: readonly Route[] = [
  { name: 'plain', title: 'no call', path: '/api/plain/7', template: '/api/plain/:id', callsOut: false },
  { name: 'http', title: 'a call by `node:http`', path: '/api/http/7', template: '/api/http/:id', callsOut: true },
  { name: 'fetch', title: 'a call by `fetch`', path: '/api/fetch/7', template: '/api/fetch/:id', callsOut: true },
  {
    name: 'body',
    title: 'a POST, read by `data`',
    path: '/api/body',
    template: '/api/body',
    order: { method: 'POST', headers: TEXT, body: 'x'.repeat(2_000) },
    callsOut: false,
  },
]
