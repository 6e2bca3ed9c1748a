// SPDX-License-Identifier: Apache-2.0
import { AsyncResource } from 'node:async_hooks'
import { context } from '@opentelemetry/api'

type Callback = (...args: unknown[]) => unknown
type Handler = Record<string, Callback | undefined>

/** What undici calls on a handler, in both of its handler interfaces. */
const CALLBACKS = ['onConnect', 'onUpgrade', 'onHeaders', 'onComplete', 'onError', 'onRequestStart', 'onRequestUpgrade']
  .concat(['onResponseStart', 'onResponseEnd', 'onResponseError', 'onResponseStarted', 'onBodySent', 'onRequestSent'])
  .concat(['onData', 'onResponseData'])

/**
 * Makes undici call a request's handler in the context the request was made in. Otherwise these callbacks run in that of
 * whichever request opened the connection; undici's redirect and retry interceptors send the next hop from there, which would
 * leave with the ID, and the trace, of somebody else.
 */
export function bindHandler(request: object): void {
  const key = handlerKeyOf(request)
  if (key === undefined) return
  const handler: unknown = Reflect.get(request, key)
  if (typeof handler !== 'object' || handler === null) return
  // `request`, `stream` and `pipeline` keep their own context, and `fetch` (an object literal) settles promises.
  if (handler instanceof AsyncResource || Object.getPrototypeOf(handler) === Object.prototype) return
  Reflect.set(request, key, boundHandler(handler as Handler))
}

/** Each copy of undici has a symbol of its own. */
const MAX_KEYS = 16
const keys: symbol[] = []

function handlerKeyOf(request: object): symbol | undefined {
  for (const known of keys) if (Object.hasOwn(request, known)) return known
  const key = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler')
  if (key !== undefined && keys.length < MAX_KEYS) keys.push(key)
  return key
}

/** A new object: the handler may be the application's, which may use it for other requests. */
function boundHandler(handler: Handler): Handler {
  const active = context.active()
  const bound: Handler = {}
  for (const name of CALLBACKS) {
    if (typeof handler[name] !== 'function') continue
    bound[name] = (...args) => context.with(active, () => handler[name]?.(...args))
  }
  return bound
}
