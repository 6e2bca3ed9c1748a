// SPDX-License-Identifier: Apache-2.0
import type { RequestOptions } from 'node:http'
import { arrayBag, copyHeaderArray } from './header-bag.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

const ARRAY = Symbol('@org/correlation.array-headers')

interface Hidden {
  readonly [ARRAY]?: readonly unknown[]
}

/**
 * Hides headers given as an array from instrumentation-http. It copies them with `Object.assign`, which makes headers
 * named 0, 1, 2 of them; a symbol goes through that copy. No object can stand for the array: it has its own order,
 * one line for each cookie, no Host line of Node's, and is serialised before the body's length is known.
 */
export function hideArrayHeaders(options: RequestOptions): void {
  if (Array.isArray(options.headers))
    options.headers = { [ARRAY]: options.headers } as Hidden as RequestOptions['headers']
}

/** Wraps the function that instrumentation-http calls: the array is back, with what was injected into its stand-in. */
export function withArrayHeaders(request: AnyFunction): AnyFunction {
  return function (this: unknown, options, ...args) {
    const headers = (options as RequestOptions | undefined)?.headers as Hidden | undefined
    const array = headers?.[ARRAY]
    if (array === undefined) return request.call(this, options, ...args)
    return request.call(
      this,
      { ...(options as RequestOptions), headers: withInjected(array, headers as Hidden) },
      ...args,
    )
  }
}

function withInjected(array: readonly unknown[], injected: object): readonly unknown[] {
  try {
    const copy = copyHeaderArray(array)
    const bag = arrayBag(copy)
    for (const [name, value] of Object.entries(injected)) bag.set(name.toLowerCase(), String(value))
    return copy
  } catch {
    // An array that is none of Node's forms: Node says so itself.
    return array
  }
}
