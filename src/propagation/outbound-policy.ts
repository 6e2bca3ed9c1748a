// SPDX-License-Identifier: Apache-2.0
import { BoundedCache } from './bounded-cache.ts'
import { type Host, MAX_HOST_LENGTH, parseHost } from './host.ts'
import { type HostRule, parseHostEntry } from './host-rule.ts'
import { parseRequestTarget } from './request-target.ts'

/** Decides to which hosts the ID may go. */
export interface OutboundPolicy {
  /**
   * Whether a request to this connect target may carry the ID. `host` is as Node has it: any case, `[::1]` or `::1`, a trailing
   * dot, Unicode. A host that is unknown or cannot be read: no. `port` is undefined where it is not known: an entry with a
   * port then does not allow, and does deny. Names are not resolved.
   */
  allows(host: string | undefined, port?: number): boolean
}

/** Where a request goes; `path` as it stands in the request line. */
export interface OutboundTarget {
  readonly host: string | undefined
  readonly port?: number | undefined
  readonly path?: string | undefined
}

/** Applications call few hosts; crawlers and webhook senders call any number of them. */
const MAX_CACHED_TARGETS = 1000

const NOWHERE: OutboundPolicy = { allows: () => false }

/**
 * Reads the list of `CORRELATION_PROPAGATE_TO`. Deny entries win wherever they stand. Problems are sentences without any text
 * of the entries, in the list's order; entries that are mistakes are skipped, and the policy never gets wider by it: without
 * a readable deny entry nobody knows whom to keep out, so the ID goes nowhere.
 */
export function createOutboundPolicy(entries: readonly string[]): {
  readonly policy: OutboundPolicy
  readonly problems: readonly string[]
} {
  const allow: HostRule[] = []
  const deny: HostRule[] = []
  const problems: string[] = []
  let closed = false
  for (const [index, entry] of entries.entries()) {
    const parsed = parseHostEntry(entry)
    const name = `Entry ${index + 1}`
    if (parsed.kind === 'rule') {
      const rules = parsed.denies ? deny : allow
      rules.push(parsed.matches)
    } else if (parsed.kind === 'none') {
      closed = true
      if (entries.length > 1) problems.push(`${name} is \`none\` among others; the ID goes to no host.`)
    } else if (parsed.denies) {
      closed = true
      problems.push(`${name} denies and ${parsed.mistake}; whom to deny is not known, so the ID goes to no host.`)
    } else {
      problems.push(`${name} ${parsed.mistake}; it is skipped.`)
    }
  }
  if (!closed && allow.length === 0 && entries.length > 0) {
    problems.push(
      deny.length > 0
        ? 'The list denies and allows nobody; the ID goes to no host (add `internal` for the default).'
        : 'No entry of the list can be used; the ID goes to no host.',
    )
  }
  return { policy: closed ? NOWHERE : createPolicy(allow, deny), problems }
}

/**
 * Whether a request may carry the ID, by all it names: an absolute-form path (`http://third.example/x`, through a proxy) or
 * a network path (`//third.example/x`) needs its host to be allowed as well as the one that is connected to.
 */
export function allowsTarget(policy: OutboundPolicy, { host, port, path }: OutboundTarget): boolean {
  if (!policy.allows(host, port)) return false
  const target = parseRequestTarget(path)
  if (target.kind === 'other') return policy.allows(target.host, target.port)
  return target.kind === 'own'
}

function createPolicy(allow: readonly HostRule[], deny: readonly HostRule[]): OutboundPolicy {
  const decide = (host: Host | undefined, port: number | undefined): boolean => {
    if (host === undefined) return false
    const matches = (rule: HostRule): boolean => rule(host, port)
    return !deny.some(matches) && allow.some(matches)
  }
  const cache = new BoundedCache<boolean>(MAX_CACHED_TARGETS)
  // Most calls go where the one before went, and comparing is cheaper than making a key.
  let lastHost: string | undefined
  let lastPort: number | undefined
  let lastAllowed = false
  return {
    allows(host, port) {
      if (typeof host !== 'string' || host.length > MAX_HOST_LENGTH) return false
      const known = Number.isInteger(port) ? port : undefined
      if (host === lastHost && known === lastPort) return lastAllowed
      // The port first: it has no space, so no host can spell another target's key.
      const key = `${known} ${host}`
      let allowed = cache.get(key)
      if (allowed === undefined) {
        allowed = decide(parseHost(host), known)
        cache.set(key, allowed)
      }
      lastHost = host
      lastPort = known
      lastAllowed = allowed
      return allowed
    },
  }
}
