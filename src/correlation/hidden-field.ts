// SPDX-License-Identifier: Apache-2.0

/** A field on objects that are not ours. */
export interface HiddenField<Value> {
  get(object: object): Value | undefined
  set(object: object, value: Value): void
}

/** A constructor's result is the object that it is given; the private field of a class that extends this is then added to that. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for.
    return object
  }
}

/**
 * Makes a field that nobody else can see, list or copy, as a WeakMap does: a private field on somebody else's object. A WeakMap shows in
 * profiles, at each request and in the garbage collector; a property would be seen by whoever copies or prints the object.
 */
export function hiddenField<Value>(): HiddenField<Value> {
  class Holder extends Given {
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
