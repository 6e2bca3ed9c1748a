// SPDX-License-Identifier: Apache-2.0
import { isKnownMethod } from './known-methods.ts'

/** The value of `http.request.method` for any method. */
export function knownMethodOf(method: string | undefined): string {
  if (method === undefined || method === null) return 'GET'
  if (isKnownMethod(method)) return method
  const upper = method.toUpperCase()
  return isKnownMethod(upper) ? upper : '_OTHER'
}
