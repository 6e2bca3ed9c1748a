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
  if (rewritten !== undefined) refreshDistinct(request)
  return rewritten

  function rewriteOne(name: string, addIfAbsent: boolean): void {
    if (name === HEADER_AMZN_TRACE_ID) return
    const current = request.headers[name]
    if (current === id || (current === undefined && !addIfAbsent)) return
    request.headers[name] = id
    replaceRaw(request, name, id)
    rewritten ??= new Map()
    rewritten.set(name, Array.isArray(current) ? current.join(', ') : current)
  }
}

function replaceRaw(request: IncomingMessage, name: string, value: string): void {
  const { rawHeaders } = request
  let end = countOf(request) ?? rawHeaders.length
  let replaced = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue
    if (replaced) {
      rawHeaders.splice(i, 2)
      if (i < end) end -= 2
      i -= 2
    } else {
      rawHeaders[i + 1] = value
      replaced = true
    }
  }
  if (!replaced) {
    rawHeaders.splice(end, 0, name, value)
    end += 2
  }
  setCount(request, end)
}

type Counted = IncomingMessage & Record<symbol, unknown>

/**
 * Node keeps how many entries of `rawHeaders` count, and computes `headersDistinct` from that many when it is first read: one
 * entry less and the read throws, one more and it is not seen
 * (https://github.com/nodejs/node/blob/v24.x/lib/_http_incoming.js).
 */
let countKey: symbol | undefined

function countOf(request: IncomingMessage): number | undefined {
  if (countKey === undefined || !(countKey in request)) {
    countKey = Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'kHeadersCount')
  }
  const count = countKey === undefined ? undefined : (request as Counted)[countKey]
  return typeof count === 'number' ? count : undefined
}

function setCount(request: IncomingMessage, count: number): void {
  if (countOf(request) !== undefined) (request as Counted)[countKey as symbol] = count
}

/** Lets Node compute it anew where somebody has read it already; where Node's count is out of reach, we compute it. */
function refreshDistinct(request: IncomingMessage): void {
  if (!('headersDistinct' in request)) return
  const target = request as { headersDistinct: NodeJS.Dict<string[]> | undefined }
  target.headersDistinct = countOf(request) === undefined ? distinctOf(request.rawHeaders) : undefined
}

function distinctOf(rawHeaders: readonly string[]): NodeJS.Dict<string[]> {
  const distinct: NodeJS.Dict<string[]> = Object.create(null)
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = String(rawHeaders[i]).toLowerCase()
    distinct[name] = [...(distinct[name] ?? []), String(rawHeaders[i + 1])]
  }
  return distinct
}
