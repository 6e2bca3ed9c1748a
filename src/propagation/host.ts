// SPDX-License-Identifier: Apache-2.0
import { isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'
import { type IpAddress, parseAddress } from './address.ts'

/** A host that was normalised: two spellings of one host are equal. */
export type Host =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly address: IpAddress }

/** A host's text, not yet judged, and the port behind it, if there was one. */
export interface HostPort {
  readonly host: string
  readonly port: number | undefined
}

/** In characters, checked before anything else; a name has 253 at most, Unicode spellings of one may be longer. */
export const MAX_HOST_LENGTH = 512

/**
 * What a host name may be made of. Checked before `domainToASCII`, which is the URL host setter: it cuts `allowed/evil`
 * to `allowed` and drops tabs.
 */
const NAME_OR_UNICODE = /^[A-Za-z0-9._\-\u0080-\uffff]+$/
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/
const MAX_NAME_LENGTH = 253
const HOST_PORT = /^(\[[^\]]*\]|[^:]*)(?::([1-9][0-9]{0,4}))?$/
const MAX_PORT = 65_535

/**
 * Normalises a host: case, brackets, one trailing dot, IDN, and IPv4 in the odd spellings that `getaddrinfo` connects to
 * (`0x7f.1`, `2130706433`, `127.1`), as the URL standard does: https://url.spec.whatwg.org/#host-parsing.
 */
export function parseHost(text: string): Host | undefined {
  if (text.length > MAX_HOST_LENGTH) return undefined
  if (text.includes(':')) {
    const bracketed = text.startsWith('[') && text.endsWith(']')
    const address = parseAddress(bracketed ? text.slice(1, -1) : text)
    return address && { kind: 'address', address }
  }
  if (!NAME_OR_UNICODE.test(text)) return undefined
  const ascii = domainToASCII(text)
  if (isIPv4(ascii)) return { kind: 'address', address: { family: 'ipv4', text: ascii } }
  const name = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii
  return name.length <= MAX_NAME_LENGTH && NAME.test(name) ? { kind: 'name', name } : undefined
}

/** Splits `host:port` and `[::1]:port`; IPv6 needs its brackets here, since `::1:80` is an address too. */
export function splitPort(text: string): HostPort | undefined {
  const match = HOST_PORT.exec(text)
  if (match === null) return undefined
  const [, host = '', digits] = match
  const port = digits === undefined ? undefined : Number(digits)
  return port !== undefined && port > MAX_PORT ? undefined : { host, port }
}
