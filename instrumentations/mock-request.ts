// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events'

/**
 * Applications and adaptors emit `request` by hand, with objects that only look like requests: what is read for a span, the peer's
 * address say, may not be there.
 */
export function isMock(request: unknown, response: unknown): boolean {
  const { socket, headers } = (request ?? {}) as Partial<Record<'socket' | 'headers', unknown>>
  return !(isObject(socket) && isObject(headers) && isOpenEmitter(request) && isOpenEmitter(response))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isOpenEmitter(value: unknown): boolean {
  return value instanceof EventEmitter && Object.isExtensible(value)
}
