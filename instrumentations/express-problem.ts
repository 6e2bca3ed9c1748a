// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import { recallState } from '../src/correlation/request-state.ts'

type Json = (this: ServerResponse & { readonly req: IncomingMessage }, ...args: unknown[]) => unknown

/**
 * Adds `correlation_id` to the problem details that an Express application answers itself. Only with
 * `CORRELATION_ERROR_BODY=problem`: an application's own bodies are not ours to rewrite unasked.
 */
export function patchExpressJson(prototype: { json: Json }): void {
  const original = prototype.json
  prototype.json = function (...args) {
    const id = (recallState(this.req?.headers) ?? recallState(this.req))?.id
    const body = args[args.length - 1]
    if (id === undefined || this.statusCode < 400 || !isProblem(this) || !isPlainObject(body)) {
      return original.apply(this, args)
    }
    if ('correlation_id' in body) return original.apply(this, args)
    return original.apply(this, [...args.slice(0, -1), { ...body, correlation_id: id }])
  }
}

function isProblem(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).toLowerCase().startsWith('application/problem+json')
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
