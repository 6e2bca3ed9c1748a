// SPDX-License-Identifier: Apache-2.0
import type { AnyFunction } from './bind-active.ts'

/** Runs in place of a method; it may change the arguments, and calls the original once. */
export type Around<This> = (original: AnyFunction, self: This, args: unknown[]) => unknown

/** Puts a function around a method of a library's class. A version that has no such method is left alone. */
export function wrapMethod<This>(prototype: object, name: string, around: Around<This>): void {
  const original: unknown = Reflect.get(prototype, name)
  if (typeof original !== 'function') return
  function wrapper(this: This, ...args: unknown[]): unknown {
    return around(original as AnyFunction, this, args)
  }
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true })
  Object.defineProperty(prototype, name, { value: wrapper, writable: true, configurable: true, enumerable: false })
}
