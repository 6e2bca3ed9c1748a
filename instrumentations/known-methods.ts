// SPDX-License-Identifier: Apache-2.0

const KNOWN: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
])

/** Whether `http.request.method` may say this method, which is in capitals; else it is `_OTHER`: no stranger may add to the series. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method)
}
