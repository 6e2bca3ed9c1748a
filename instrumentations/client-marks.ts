// SPDX-License-Identifier: Apache-2.0
import http from 'node:http'
import https from 'node:https'
import { markAsWrapped } from './wrapper-marks.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/**
 * Puts functions that do nothing around `request` and `get`, with the marks of upstream's wrappers. An instrumentation that the application
 * adds takes a wrapper with these marks off before it puts its own on: that is how it is known that the client spans are its from then on.
 */
export function onClientUnwrap(listen: (protocol: string) => void): void {
  for (const [module, protocol] of [
    [http, 'http:'],
    [https, 'https:'],
  ] as const) {
    for (const name of ['request', 'get'] as const) mark(module, name, () => listen(protocol))
  }
}

function mark(module: object, name: string, onUnwrap: () => void): void {
  const original = Reflect.get(module, name) as AnyFunction
  const around: AnyFunction = function (this: unknown, ...args) {
    return original.apply(this, args)
  }
  Object.defineProperty(around, 'name', { value: original.name, configurable: true })
  Object.defineProperty(around, 'length', { value: original.length, configurable: true })
  markAsWrapped(around, original, () => {
    onUnwrap()
    if (Reflect.get(module, name) === around) Reflect.set(module, name, original)
  })
  Reflect.set(module, name, around)
}
