// SPDX-License-Identifier: Apache-2.0
import { Marked } from './marked.ts'

/** A field on objects that are not ours. */
export interface HiddenField<Value> {
  get(object: object): Value | undefined
  set(object: object, value: Value): void
}

/**
 * Makes a field that nobody else can see, list or copy, as a WeakMap does, at a third of the cost: the private field of a class, which
 * a constructor adds to whatever object its parent returns.
 */
export function hiddenField<Value>(): HiddenField<Value> {
  class Holder extends Marked {
    #value: Value

    constructor(object: object, value: Value) {
      super(object)
      this.#value = value
    }

    static read(object: object): Value | undefined {
      return #value in object ? object.#value : undefined
    }

    static write(object: object, value: Value): void {
      if (#value in object) object.#value = value
      else new Holder(object, value)
    }
  }
  return { get: Holder.read, set: Holder.write }
}
