// SPDX-License-Identifier: Apache-2.0

/**
 * What a class extends that keeps a private field on an object of somebody else's: the constructor's result is the object that it is given, and
 * the field of the class is then added to that.
 *
 * A WeakMap costs 1 µs a request (and work for the garbage collector); a property would be seen by whoever copies or prints
 * the object. A private field is as fast as a property and seen by nobody.
 */
export class Marked {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for.
    return object
  }
}
