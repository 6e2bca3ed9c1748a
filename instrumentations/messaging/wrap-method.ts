// SPDX-License-Identifier: Apache-2.0
import { type Method, patchMethod } from '../patch-method.ts'

/** Runs in place of a method; it may change the arguments, and calls the original once. */
export type Around<This> = (original: Method, self: This, args: unknown[]) => unknown

/** Puts a function around a method of a library's class. A version that has no such method is left alone. */
export function wrapMethod<This>(prototype: object, name: string, around: Around<This>): void {
  patchMethod<Method>(
    prototype,
    name,
    (original) =>
      function (...args) {
        return around(original, this as This, args)
      },
  )
}
