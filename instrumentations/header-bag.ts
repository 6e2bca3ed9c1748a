// SPDX-License-Identifier: Apache-2.0

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
  return Array.isArray(headers[0]) ? pairBag(headers as Raw[]) : flatBag(headers)
}

function flatBag(headers: Raw): HeaderBag {
  const indexes = (name: string) => {
    const found: number[] = []
    for (let i = 0; i < headers.length; i += 2) if (textOf(headers[i]).toLowerCase() === name) found.push(i)
    return found
  }
  return {
    get: (name) => join(indexes(name).map((i) => headers[i + 1])),
    set(name, value) {
      const [first, ...others] = indexes(name)
      for (const i of others.reverse()) headers.splice(i, 2)
      if (first === undefined) headers.push(name, value)
      else headers[first + 1] = value
    },
    remove(name) {
      for (const i of indexes(name).reverse()) headers.splice(i, 2)
    },
  }
}

function pairBag(headers: Raw[]): HeaderBag {
  const matches = (pair: Raw, name: string) => textOf(pair[0]).toLowerCase() === name
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
  return values.length === 0 ? undefined : values.flat().map(textOf).join(', ')
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value)
}
