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
  const replaced = replaceIn(request, id, outbound, replaceIn(request, id, inbound, undefined))
  const missing = addMissing(request, id, outbound, [])
  if (replaced === undefined && missing.length === 0) return undefined
  refreshDistinct(request)
  if (replaced === undefined) return absentOf(missing)
  for (const name of missing) replaced.set(name, undefined)
  return replaced
}

/** The same for a request that is known to have none of the inbound names: nothing of it is looked up again. */
export function addRequestHeaders(
  request: IncomingMessage,
  id: CorrelationId,
  outbound: readonly string[],
  inbound: readonly string[],
): ReadonlyMap<string, string | undefined> | undefined {
  if (!areAmong(outbound, inbound)) return rewriteRequestHeaders(request, id, inbound, outbound)
  const missing = addMissing(request, id, outbound, inbound)
  if (missing.length === 0) return undefined
  refreshDistinct(request)
  return absentOf(missing)
}

let lastNames: readonly string[] | undefined
let lastOthers: readonly string[] | undefined
let wereAmong = false

/** The configuration's lists, so the same two at each request. */
function areAmong(names: readonly string[], others: readonly string[]): boolean {
  if (names !== lastNames || others !== lastOthers) {
    lastNames = names
    lastOthers = others
    wereAmong = names.every((name) => others.includes(name))
  }
  return wereAmong
}

type Replaced = Map<string, string | undefined> | undefined

function replaceIn(request: IncomingMessage, id: CorrelationId, names: readonly string[], before: Replaced): Replaced {
  let replaced = before
  for (const name of names) {
    const current = request.headers[name]
    if (current === undefined || current === id || name === HEADER_AMZN_TRACE_ID) continue
    request.headers[name] = id
    replaceRaw(request, name, id)
    replaced ??= new Map()
    replaced.set(name, Array.isArray(current) ? current.join(', ') : current)
  }
  return replaced
}

let absentNames: readonly string[] = []
let absent: ReadonlyMap<string, undefined> = new Map()

/** Nearly all requests that we write into came without an ID: they share one map. */
function absentOf(names: readonly string[]): ReadonlyMap<string, undefined> {
  if (names !== absentNames) {
    absentNames = names
    absent = new Map(names.map((name) => [name, undefined]))
  }
  return absent
}

/** @returns the names that were added, and `outbound` itself where all were. */
function addMissing(
  request: IncomingMessage,
  id: CorrelationId,
  outbound: readonly string[],
  absent: readonly string[],
): readonly string[] {
  let some: string[] | undefined
  const { headers, rawHeaders } = request
  const count = countOf(request)
  let end = count ?? rawHeaders.length
  for (let i = 0; i < outbound.length; i++) {
    const name = outbound[i] as string
    const isMissing = (absent.includes(name) || headers[name] === undefined) && name !== HEADER_AMZN_TRACE_ID
    if (!isMissing) {
      some ??= outbound.slice(0, i)
      continue
    }
    headers[name] = id
    // Trailers come behind, once the body has been read.
    if (end === rawHeaders.length) rawHeaders.push(name, id)
    else rawHeaders.splice(end, 0, name, id)
    end += 2
    some?.push(name)
  }
  if (count !== undefined && end !== count) (request as Counted)[countKey as symbol] = end
  return some ?? outbound
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
  const known = countKey === undefined ? undefined : (request as Counted)[countKey]
  if (typeof known === 'number') return known
  countKey = Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'kHeadersCount')
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
