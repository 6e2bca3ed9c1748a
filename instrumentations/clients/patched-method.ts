// SPDX-License-Identifier: Apache-2.0

export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Puts another method in the place of one that an object has itself; where it has none, another version of the library has it elsewhere. */
export function patchMethod(holder: unknown, name: string, around: (original: Method) => Method): void {
  if (typeof holder !== 'object' || holder === null) return
  const property = Object.getOwnPropertyDescriptor(holder, name)
  if (typeof property?.value !== 'function') return
  Object.defineProperty(holder, name, { ...property, value: around(property.value as Method) })
}

/** The prototype of a class that a module exports: as the module itself, by a name, or as the default. */
export function prototypeOf(exports: unknown, name = 'default'): unknown {
  const named = (exports as Readonly<Record<string, unknown>>)[name] ?? exports
  return typeof named === 'function' ? named.prototype : undefined
}
