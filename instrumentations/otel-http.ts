// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type { TracerProvider } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

interface Wrapped extends AnyFunction {
  __original?: AnyFunction
  __wrapped?: boolean
  __unwrap?: () => void
}

const TARGETS: readonly (readonly [object, string])[] = [
  [http.Server.prototype, 'emit'],
  [https.Server.prototype, 'emit'],
]

/**
 * Server spans, by the upstream instrumentation, for as long as `isActive` says that tracing is ours.
 *
 * Disabling an instrumentation is no way to step aside: `disable` takes off whatever wrapper is outermost, and that may be
 * another SDK's by then. So each function gets a switch, which carries the marks of upstream's wrappers: an
 * instrumentation that the application adds takes ours off, as upstream's would be.
 */
export function startHttpInstrumentation(provider: TracerProvider, isActive: () => boolean): HttpInstrumentation {
  const originals = TARGETS.map(([target, name]) => Reflect.get(target, name) as AnyFunction)
  // Outbound calls have spans of our own.
  const instrumentation = new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true })
  instrumentation.setTracerProvider(provider)
  // Upstream patches a module as it is required, which the build keeps from being noticed elsewhere.
  const require = createRequire(import.meta.url)
  require('node:http')
  require('node:https')
  for (const [i, [target, name]] of TARGETS.entries())
    installSwitch(target, name, originals[i] as AnyFunction, isActive)
  // `import { request } from 'node:http'` reads a copy that only this call refreshes.
  syncBuiltinESMExports()
  return instrumentation
}

function installSwitch(target: object, name: string, original: AnyFunction, isActive: () => boolean): void {
  const wrapper = Reflect.get(target, name) as Wrapped
  if (wrapper === original) return
  const either: Wrapped = function (this: unknown, ...args) {
    return (isActive() && !isMock(args) ? wrapper : original).apply(this, args)
  }
  Object.defineProperty(either, 'name', { value: original.name, configurable: true })
  Object.defineProperty(either, 'length', { value: original.length, configurable: true })
  const marks: Required<Pick<Wrapped, '__original' | '__wrapped' | '__unwrap'>> = {
    __original: original,
    __wrapped: true,
    __unwrap: () => {
      if (Reflect.get(target, name) === either) Reflect.set(target, name, original)
    },
  }
  for (const [key, value] of Object.entries(marks)) {
    Object.defineProperty(either, key, { value, writable: true, configurable: true, enumerable: false })
  }
  Reflect.set(target, name, either)
}

/**
 * Applications and adaptors emit `request` by hand, with objects that only look like requests; upstream reads the peer's
 * address without a look at whether there is a socket, and would throw into the application.
 */
function isMock([event, request, response]: readonly unknown[]): boolean {
  if (event !== 'request') return false
  const { socket, headers } = (request ?? {}) as Partial<Record<'socket' | 'headers', unknown>>
  return !(isObject(socket) && isObject(headers) && isOpenEmitter(request) && isOpenEmitter(response))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isOpenEmitter(value: unknown): boolean {
  return value instanceof EventEmitter && Object.isExtensible(value)
}
