// SPDX-License-Identifier: Apache-2.0

/** A method of a library's class, of which no more is known. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Any method of any class. */
type AnyMethod = (this: never, ...args: never[]) => unknown

const wrappers = new WeakSet<object>()

/**
 * Replaces a method of a class of the application's libraries, once. A method that is not there (of another version) is let be.
 *
 * @param wrap - Gets the method; returns what takes its place.
 */
export function patchMethod<Wrapped extends AnyMethod>(
  prototype: object,
  name: string,
  wrap: (original: Wrapped) => Wrapped,
): void {
  const original: unknown = Reflect.get(prototype, name)
  if (typeof original !== 'function' || wrappers.has(original)) return
  const wrapper = wrap(original as unknown as Wrapped)
  wrappers.add(wrapper)
  Object.defineProperties(wrapper, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  })
  // As a class defines its methods: who lists the object's properties does not see it.
  Object.defineProperty(prototype, name, { value: wrapper, writable: true, configurable: true, enumerable: false })
}
