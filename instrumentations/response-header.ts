// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import http from 'node:http'
import { type RequestState, recallState } from '../src/correlation/request-state.ts'
import type { Runtime } from '../src/runtime.ts'

type HeadersArgument = Record<string, OutgoingHttpHeader> | readonly unknown[] | null | undefined
type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse

/**
 * Adds the response header where the head is written. An early `setHeader` would be dropped by Koa when a handler
 * throws, and makes `writeHead` with an array of pairs throw, which works without us.
 */
export function patchWriteHead(runtime: Runtime): void {
  const prototype = http.ServerResponse.prototype as unknown as { writeHead: WriteHead; writeHeader: WriteHead }
  const original = prototype.writeHead
  const writeHead: WriteHead = function (this: ServerResponse, ...args) {
    const state = recallState(this)
    if (state === undefined || this.headersSent) return original.apply(this, args)
    const result = original.apply(this, withHeaders(this, args, state, runtime))
    // Behind the call: a `writeHead` that throws is no answer yet.
    countRequest(state, runtime)
    return result
  }
  Object.defineProperty(writeHead, 'length', { value: original.length, configurable: true })
  prototype.writeHead = writeHead
  // The alias is a property of its own: https://nodejs.org/api/http.html has it undocumented, applications use it.
  prototype.writeHeader = writeHead
}

/** Counts a request once: where its head is written, or where it ends without one. */
export function countRequest(state: RequestState, runtime: Runtime): void {
  if (state.counted) return
  state.counted = true
  const { source, reason } = state.decision
  runtime.metrics.request(source, state.overridden ? 'app_override' : reason)
}

function withHeaders(response: ServerResponse, args: unknown[], state: RequestState, runtime: Runtime): unknown[] {
  try {
    const { responseHeader, exposeHeader } = runtime.config
    if (responseHeader === undefined) return args
    // Node's own reading of its arguments: (statusCode, reason, headers) or (statusCode, headers).
    const hasReason = typeof args[1] === 'string'
    let headers = (hasReason ? args[2] : (args[2] ?? args[1])) as HeadersArgument
    if (hasHeader(response, headers, responseHeader)) {
      state.overridden = headerValue(response, headers, responseHeader) !== state.id
    } else {
      state.overridden = false
      headers = addHeader(response, headers, responseHeader, state.id)
    }
    if (exposeHeader) headers = expose(response, headers, responseHeader)
    return hasReason ? [args[0], args[1], headers] : [args[0], headers]
  } catch {
    return args
  }
}

function hasHeader(response: ServerResponse, headers: HeadersArgument, name: string): boolean {
  return response.hasHeader(name) || findInArgument(headers, name) !== undefined
}

function headerValue(response: ServerResponse, headers: HeadersArgument, name: string): unknown {
  const found = findInArgument(headers, name)
  return found === undefined ? response.getHeader(name) : found.value
}

/** A header that is there without a value is the caller's mistake, and Node says so: it must not look absent. */
function findInArgument(headers: HeadersArgument, name: string): { readonly value: unknown } | undefined {
  if (headers === undefined || headers === null) return undefined
  if (!Array.isArray(headers)) {
    const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name)
    return key === undefined ? undefined : { value: (headers as Record<string, unknown>)[key] }
  }
  if (Array.isArray(headers[0])) {
    const found = headers.find((pair) => Array.isArray(pair) && String(pair[0]).toLowerCase() === name)
    return found === undefined ? undefined : { value: found[1] }
  }
  for (let i = 0; i < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === name) return { value: headers[i + 1] }
  }
  return undefined
}

/**
 * Adds in the caller's own form, so that Node takes the same path through `writeHead` as without us: once a header was set by
 * `setHeader`, Node merges the argument into those and refuses pairs; before, it writes the argument as it is. So ours is the
 * first `setHeader` never, not even for a call without headers: where that call throws, the next one may have pairs.
 */
function addHeader(response: ServerResponse, headers: HeadersArgument, name: string, value: string): HeadersArgument {
  if (hasHeaders(response)) {
    response.setHeader(name, value)
    return headers
  }
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) return [...headers, [name, value]]
    // An odd array is the caller's mistake: Node must see it as it is, and say so.
    return headers.length % 2 === 0 ? [...headers, name, value] : headers
  }
  return { ...(headers as Record<string, OutgoingHttpHeader> | null | undefined), [name]: value }
}

/** Nearly every response has one of these two, and the list of all names is a new array. */
function hasHeaders(response: ServerResponse): boolean {
  return (
    response.hasHeader('content-type') || response.hasHeader('content-length') || response.getHeaderNames().length > 0
  )
}

/** Appends to `Access-Control-Expose-Headers` where CORS is in use; a wildcard already says it. */
function expose(response: ServerResponse, headers: HeadersArgument, name: string): HeadersArgument {
  if (!hasHeader(response, headers, 'access-control-allow-origin')) return headers
  const field = 'access-control-expose-headers'
  const inArgument = findInArgument(headers, field)
  const present = String((inArgument === undefined ? response.getHeader(field) : inArgument.value) ?? '')
  const names = present.split(',').map((part) => part.trim().toLowerCase())
  if (names.includes('*') || names.includes(name)) return headers
  const value = present === '' ? name : `${present}, ${name}`
  if (inArgument === undefined) return addHeader(response, headers, field, value)
  return replaceInArgument(headers, field, value)
}

function replaceInArgument(headers: HeadersArgument, name: string, value: string): HeadersArgument {
  if (!Array.isArray(headers)) {
    const entries = Object.entries(headers as Record<string, OutgoingHttpHeader>)
    return Object.fromEntries(entries.map(([key, old]) => [key, key.toLowerCase() === name ? value : old]))
  }
  if (Array.isArray(headers[0])) {
    return headers.map((pair) => (String(pair[0]).toLowerCase() === name ? [pair[0], value] : pair))
  }
  return headers.map((item, i) => (i % 2 === 1 && String(headers[i - 1]).toLowerCase() === name ? value : item))
}
