// SPDX-License-Identifier: Apache-2.0
import { type AddressRange, type AddressSet, createAddressSet, parseAddress, parseRange } from './address.ts'
import { INTERNAL_ADDRESSES, LOOPBACK_ADDRESSES } from './address-space.ts'

/** Decides whose IDs are adopted. */
export interface Trust {
  /**
   * Whether an ID from this peer is adopted. IPv4-mapped addresses count as IPv4. `undefined` is a Unix socket: file
   * permissions guard it, so it is trusted unless nobody is. Node also has `undefined` for a TCP peer that is gone: take
   * the address from `peerAddressOf`. An address that cannot be read is trusted only when everybody is.
   */
  trusts(remoteAddress: string | undefined): boolean
  /** Everybody is trusted, so the peer need not be looked up. */
  readonly all: boolean
}

const EVERYBODY: Trust = { all: true, trusts: () => true }
const NOBODY: Trust = { all: false, trusts: () => false }

/**
 * Reads the list of `CORRELATION_TRUST`: `all`, `none`, `loopback`, `internal`, addresses, CIDR ranges. Problems are sentences
 * without any text of the entries; entries that are mistakes are skipped, and if all are, nobody is trusted.
 */
export function createTrust(entries: readonly string[]): {
  readonly trust: Trust
  readonly problems: readonly string[]
} {
  const problems: string[] = []
  const sets: AddressSet[] = []
  const ranges: AddressRange[] = []
  let all = false
  let none = false
  for (const [index, entry] of entries.entries()) {
    const text = entry.trim().toLowerCase()
    const range = parseRange(text)
    if (range !== undefined) ranges.push(range)
    else if (text === 'loopback') sets.push(LOOPBACK_ADDRESSES)
    else if (text === 'internal') sets.push(INTERNAL_ADDRESSES)
    else if (text === 'all') all = true
    else if (text === 'none') {
      none = true
      if (entries.length > 1) problems.push(`Entry ${index + 1} is \`none\` among others; nobody is trusted.`)
    } else problems.push(`Entry ${index + 1} ${mistakeOf(text)}; it is skipped.`)
  }
  if (none) return { trust: NOBODY, problems }
  if (all) return { trust: EVERYBODY, problems }
  if (ranges.length > 0) sets.push(createAddressSet(ranges))
  if (sets.length === 0) {
    if (entries.length > 0) problems.push('No entry of the list can be used; nobody is trusted.')
    return { trust: NOBODY, problems }
  }
  return { trust: { all: false, trusts: (peer) => peer === undefined || isIn(sets, peer) }, problems }
}

function isIn(sets: readonly AddressSet[], peer: string): boolean {
  const address = parseAddress(peer)
  return address !== undefined && sets.some((set) => set.has(address))
}

function mistakeOf(text: string): string {
  if (text === '') return 'is empty'
  if (text.startsWith('!')) return 'has a `!`, which this list does not know'
  if (text.includes('/')) return 'has a `/` and is no CIDR range'
  return 'is no address, CIDR range or known word (names are not resolved)'
}
