// SPDX-License-Identifier: Apache-2.0
import { type Method, patchMethod } from '../patch-method.ts'

/** Puts another method in the place of one that an object has itself; where it has none, another version of the library has it elsewhere. */
export function patchOwnMethod(holder: unknown, name: string, around: (original: Method) => Method): void {
  if (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)) patchMethod(holder, name, around)
}

/** The prototype of a class that a module exports: as the module itself, by a name, or as the default. */
export function prototypeOf(exports: unknown, name = 'default'): unknown {
  const named = (exports as Readonly<Record<string, unknown>>)[name] ?? exports
  return typeof named === 'function' ? named.prototype : undefined
}
