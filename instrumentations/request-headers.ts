// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http'
import type { CorrelationId } from '../src/correlation/id.ts'
import { HEADER_AMZN_TRACE_ID, rootOf } from '../src/propagation/carrier.ts'

/** The values of a header field as they came in, one for each line. */
export function receivedValues(request: IncomingMessage, name: string): readonly string[] {
  const value = request.headers[name]
  if (value === undefined) return []
  // Node joins repeated lines with a comma; only then are the raw lines worth a walk.
  const lines = Array.isArray(value) ? value : value.includes(',') ? rawValues(request.rawHeaders, name) : [value]
  if (name !== HEADER_AMZN_TRACE_ID) return lines
  return lines.map(rootOf).filter((root) => root !== undefined)
}

function rawValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] as string)
  }
  return values
}

/**
 * Makes the request say what was decided, so that middleware which reads a header itself agrees with us.
 * `headersDistinct` follows: Node computes it from `rawHeaders` when it is first read, and nobody has read it yet.
 *
 * @returns each changed name with the client's own value, or undefined when there was nothing to change.
 */
export function rewriteRequestHeaders(
  request: IncomingMessage,
  id: CorrelationId,
  inbound: readonly string[],
  outbound: readonly string[],
): ReadonlyMap<string, string | undefined> | undefined {
  let rewritten: Map<string, string | undefined> | undefined
  for (const name of inbound) rewriteOne(name, false)
  for (const name of outbound) rewriteOne(name, true)
  return rewritten

  function rewriteOne(name: string, addIfAbsent: boolean): void {
    if (name === HEADER_AMZN_TRACE_ID) return
    const current = request.headers[name]
    if (current === id || (current === undefined && !addIfAbsent)) return
    request.headers[name] = id
    replaceRaw(request.rawHeaders, name, id)
    rewritten ??= new Map()
    rewritten.set(name, Array.isArray(current) ? current.join(', ') : current)
  }
}

function replaceRaw(rawHeaders: string[], name: string, value: string): void {
  let replaced = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue
    if (replaced) {
      rawHeaders.splice(i, 2)
      i -= 2
    } else {
      rawHeaders[i + 1] = value
      replaced = true
    }
  }
  if (!replaced) rawHeaders.push(name, value)
}
