// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest } from 'node:http'

/** One view of the forms that Node and undici keep the headers of a request in. Names are in lower case. */
export interface HeaderBag {
  /** The value, several joined with a comma; undefined where there is none. */
  get(name: string): string | undefined
  set(name: string, value: string): void
  remove(name: string): void
}

type Raw = unknown[]

/** A copy that can be changed: the array is the application's, which may use it again. */
export function copyHeaderArray(headers: readonly unknown[]): unknown[] {
  return headers.map((item) => (Array.isArray(item) ? [...item] : item))
}

/** A view of `[name, value, …]` or `[[name, value], …]`, changed in place. */
export function arrayBag(headers: Raw): HeaderBag {
  return Array.isArray(headers[0]) ? pairBag(headers as Raw[]) : new FlatBag(headers)
}

/** A view of the headers that a request of `node:http` keeps itself. */
export class RequestBag implements HeaderBag {
  readonly #request: ClientRequest

  constructor(request: ClientRequest) {
    this.#request = request
  }

  get(name: string): string | undefined {
    const value = this.#request.getHeader(name)
    if (value === undefined || typeof value === 'string') return value
    return Array.isArray(value) ? value.join(', ') : String(value)
  }

  set(name: string, value: string): void {
    this.#request.setHeader(name, value)
  }

  remove(name: string): void {
    this.#request.removeHeader(name)
  }
}

/** A class and loops, since each request of `fetch` has one. */
class FlatBag implements HeaderBag {
  readonly #headers: Raw

  constructor(headers: Raw) {
    this.#headers = headers
  }

  get(name: string): string | undefined {
    const headers = this.#headers
    let found: string | undefined
    for (let i = this.#indexOf(name, 0); i !== -1; i = this.#indexOf(name, i + 2)) {
      const value = join([headers[i + 1]]) as string
      found = found === undefined ? value : `${found}, ${value}`
    }
    return found
  }

  set(name: string, value: string): void {
    const first = this.#indexOf(name, 0)
    if (first === -1) {
      this.#headers.push(name, value)
      return
    }
    this.#headers[first + 1] = value
    this.#removeFrom(name, first + 2)
  }

  remove(name: string): void {
    this.#removeFrom(name, 0)
  }

  #indexOf(name: string, start: number): number {
    const headers = this.#headers
    for (let i = start; i < headers.length; i += 2) if (isNamed(headers[i], name)) return i
    return -1
  }

  #removeFrom(name: string, start: number): void {
    for (let i = this.#indexOf(name, start); i !== -1; i = this.#indexOf(name, i)) this.#headers.splice(i, 2)
  }
}

function isNamed(item: unknown, name: string): boolean {
  if (typeof item !== 'string') return textOf(item).toLowerCase() === name
  return item === name || (item.length === name.length && item.toLowerCase() === name)
}

function pairBag(headers: Raw[]): HeaderBag {
  const matches = (pair: Raw, name: string) => isNamed(pair[0], name)
  return {
    get: (name) => join(headers.filter((pair) => matches(pair, name)).map((pair) => pair[1])),
    set(name, value) {
      const at = headers.findIndex((pair) => matches(pair, name))
      if (at === -1) {
        headers.push([name, value])
        return
      }
      headers[at] = [headers[at]?.[0], value]
      for (let i = headers.length - 1; i > at; i--) if (matches(headers[i] as Raw, name)) headers.splice(i, 1)
    },
    remove(name) {
      for (let i = headers.length - 1; i >= 0; i--) if (matches(headers[i] as Raw, name)) headers.splice(i, 1)
    },
  }
}

/** A view of `name: value\r\n…`, the form of undici up to 5; `write` gets the changed text. */
export function textBag(read: () => string, write: (text: string) => void): HeaderBag {
  const lines = () =>
    read()
      .split('\r\n')
      .filter((line) => line !== '')
  const named = (line: string, name: string) => line.slice(0, line.indexOf(':')).trim().toLowerCase() === name
  const without = (name: string) => lines().filter((line) => !named(line, name))
  const toText = (all: readonly string[]) => all.map((line) => `${line}\r\n`).join('')
  return {
    get: (name) =>
      join(
        lines()
          .filter((line) => named(line, name))
          .map((line) => line.slice(line.indexOf(':') + 1).trim()),
      ),
    set: (name, value) => write(toText([...without(name), `${name}: ${value}`])),
    remove: (name) => write(toText(without(name))),
  }
}

/** Several lines of one field mean the same as one line with commas (RFC 9110, section 5.3). */
function join(values: readonly unknown[]): string | undefined {
  if (values.length === 1 && typeof values[0] === 'string') return values[0]
  return values.length === 0 ? undefined : values.flat().map(textOf).join(', ')
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value)
}
