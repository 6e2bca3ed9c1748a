// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

/** An IP address in its one canonical spelling. */
export interface IpAddress {
  /** IPv4-mapped IPv6 (`::ffff:10.0.0.1`) is `ipv4`: it is what the packet says and what people write in their lists. */
  readonly family: 'ipv4' | 'ipv6'
  readonly text: string
}

/** A block of addresses; a single address has the full prefix. */
export interface AddressRange extends IpAddress {
  readonly prefix: number
}

/** Answers whether an address is in any of its ranges. */
export interface AddressSet {
  has(address: IpAddress): boolean
}

const MAPPED_PREFIX = '::ffff:'
const MAPPED_BITS = 96
const PREFIX_LENGTH = /^(?:0|[1-9][0-9]{0,2})$/

/**
 * Reads an IP literal without brackets. A zone (`fe80::1%eth0`) says through which interface, not to whom, and is dropped.
 * IPv4 only in the dotted form: the odd spellings are for host names, see `parseHost`.
 */
export function parseAddress(text: string): IpAddress | undefined {
  // An IPv6 literal has a colon. Node compiles a large expression at the first question about one.
  if (!text.includes(':')) return isIPv4(text) ? { family: 'ipv4', text } : undefined
  if (!isIPv6(text)) return undefined
  // Nearly every peer of a server on `::` has this very text, and canonicalising it takes 2 µs.
  const mapped = dottedOf(text)
  if (mapped !== undefined) return { family: 'ipv4', text: mapped }
  const zone = text.indexOf('%')
  const { address } = new SocketAddress({ family: 'ipv6', address: zone === -1 ? text : text.slice(0, zone) })
  // Canonical text prints the mapped block, and no other, as `::ffff:` and dotted digits (RFC 5952, section 5).
  const canonical = dottedOf(address)
  return canonical === undefined ? { family: 'ipv6', text: address } : { family: 'ipv4', text: canonical }
}

function dottedOf(text: string): string | undefined {
  const dotted = text.startsWith(MAPPED_PREFIX) ? text.slice(MAPPED_PREFIX.length) : ''
  return isIPv4(dotted) ? dotted : undefined
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. A zone would silently widen to all interfaces, so it is no range. */
export function parseRange(text: string): AddressRange | undefined {
  if (text.includes('%')) return undefined
  const slash = text.indexOf('/')
  const literal = slash === -1 ? text : text.slice(0, slash)
  const address = parseAddress(literal)
  if (address === undefined) return undefined
  const bits = address.family === 'ipv4' ? 32 : 128
  if (slash === -1) return { ...address, prefix: bits }
  const digits = text.slice(slash + 1)
  if (!PREFIX_LENGTH.test(digits)) return undefined
  const mapped = address.family === 'ipv4' && literal.includes(':')
  const prefix = Number(digits) - (mapped ? MAPPED_BITS : 0)
  return prefix >= 0 && prefix <= bits ? { ...address, prefix } : undefined
}

/** Collects ranges. An IPv6 range never holds an IPv4 address, mapped or not: `::/0` is every IPv6 address. */
export function createAddressSet(ranges: readonly AddressRange[]): AddressSet {
  // One list per family: a BlockList with `::/0` also answers yes for 1.2.3.4 (Node 24.21), through its mapped form.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const { family, text, prefix } of ranges) lists[family].addSubnet(text, prefix, family)
  return { has: ({ family, text }) => lists[family].check(text, family) }
}
