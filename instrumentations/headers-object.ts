// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from 'node:http'

/**
 * Turns array headers, `[name, value, …]` or `[[name, value], …]`, into the object form with the same lines on the wire: a name
 * that is repeated has an array, in the spelling it had first.
 */
export function toHeadersObject(headers: readonly unknown[]): OutgoingHttpHeaders {
  const pairs: [string, unknown][] = []
  if (Array.isArray(headers[0])) {
    for (const pair of headers) if (Array.isArray(pair)) pairs.push([String(pair[0]), pair[1]])
  } else {
    for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([String(headers[i]), headers[i + 1]])
  }
  const object: Record<string, string | string[]> = Object.create(null)
  const spellings = new Map<string, string>()
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase()
    const spelling = spellings.get(lower) ?? name
    spellings.set(lower, spelling)
    const values = Array.isArray(value) ? value.map(String) : [String(value)]
    const present = object[spelling]
    if (present === undefined) object[spelling] = values.length === 1 ? (values[0] as string) : values
    else object[spelling] = [present, values].flat()
  }
  return object
}
