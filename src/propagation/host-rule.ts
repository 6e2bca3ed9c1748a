// SPDX-License-Identifier: Apache-2.0
import { createAddressSet, parseRange } from './address.ts'
import { type Host, parseHost, splitPort } from './host.ts'
import { isInternalHost, isMetadataHost } from './internal-hosts.ts'

/** Answers for a normalised target; `port` is undefined where it is not known. */
export type HostRule = (host: Host, port: number | undefined) => boolean

/** One entry of the list, read. `mistake` completes the sentence "Entry 3 …" and has nothing of the entry's text. */
export type ParsedEntry =
  | { readonly kind: 'rule'; readonly denies: boolean; readonly matches: HostRule }
  | { readonly kind: 'none' }
  | { readonly kind: 'mistake'; readonly denies: boolean; readonly mistake: string }

/** Reads an entry of `CORRELATION_PROPAGATE_TO`. */
export function parseHostEntry(entry: string): ParsedEntry {
  const text = entry.trim()
  const denies = text.startsWith('!')
  const body = denies ? text.slice(1).trimStart() : text
  const word = body.toLowerCase()
  if (word === 'none') return denies ? { kind: 'mistake', denies, mistake: 'is the word `none`' } : { kind: 'none' }
  const found = wordRule(word, denies) ?? suffixRule(body, denies) ?? rangeRule(body) ?? hostRule(body, denies)
  return found === undefined
    ? { kind: 'mistake', denies, mistake: mistakeOf(body) }
    : { kind: 'rule', denies, matches: found }
}

function wordRule(word: string, denies: boolean): HostRule | undefined {
  if (word === 'all') return () => true
  if (word !== 'internal') return undefined
  // Who denies what is internal does not mean to let the metadata hosts through, which `internal` leaves out.
  return denies ? (host) => isInternalHost(host) || isMetadataHost(host) : isInternalHost
}

/** `*.example.com` is every name below example.com, on a label boundary, and not example.com itself, as in a certificate. */
function suffixRule(body: string, denies: boolean): HostRule | undefined {
  if (!body.startsWith('*.')) return undefined
  const split = splitPort(body.slice(2))
  const base = split && parseHost(split.host)
  if (base?.kind !== 'name') return undefined
  const suffix = `.${base.name}`
  return (host, port) => host.kind === 'name' && host.name.endsWith(suffix) && isSamePort(split?.port, port, denies)
}

function rangeRule(body: string): HostRule | undefined {
  const range = parseRange(body)
  if (range === undefined) return undefined
  const addresses = createAddressSet([range])
  return (host) => host.kind === 'address' && addresses.has(host.address)
}

function hostRule(body: string, denies: boolean): HostRule | undefined {
  const split = splitPort(body)
  const wanted = split && parseHost(split.host)
  // A zone is dropped from a target; dropped from an entry it would silently widen it to all interfaces.
  if (wanted === undefined || body.includes('%')) return undefined
  const text = textOf(wanted)
  return (host, port) => textOf(host) === text && isSamePort(split?.port, port, denies)
}

/** An unknown port could be the one that is denied and need not be the one that is allowed. */
function isSamePort(wanted: number | undefined, port: number | undefined, denies: boolean): boolean {
  return wanted === undefined || (port === undefined ? denies : port === wanted)
}

function textOf(host: Host): string {
  return host.kind === 'name' ? host.name : host.address.text
}

function mistakeOf(body: string): string {
  if (body === '') return 'is empty'
  if (body === '*') return 'is `*` alone (every host is the word `all`)'
  if (body.startsWith('!')) return 'has more than one `!`'
  if (body.includes('://') || body.includes('@')) return 'looks like a URL, where a host is expected'
  if (body.includes('*')) return 'has a `*` that is not the leading `*.` of a host name'
  if (body.includes('/')) return 'has a `/` and is no CIDR range'
  if (/^(?:\[[^\]]*\]|[^:]*):[^:]*$/.test(body) && splitPort(body) === undefined) {
    return 'has no port from 1 to 65535 after its colon'
  }
  if (body.includes('%')) return 'has a `%`, and neither zones nor escapes are known here'
  return 'is no host, address, `*.suffix`, CIDR range or known word'
}
