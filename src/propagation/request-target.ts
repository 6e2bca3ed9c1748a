// SPDX-License-Identifier: Apache-2.0
import { type HostPort, splitPort } from './host.ts'

/**
 * Whom a request's `path` names besides the host it connects to: `own` is nobody else (origin-form), `other` a further host,
 * `unclear` something that two servers may read in two ways.
 */
export type RequestTarget =
  | { readonly kind: 'own' }
  | ({ readonly kind: 'other' } & HostPort)
  | { readonly kind: 'unclear' }

const OWN: RequestTarget = { kind: 'own' }
const UNCLEAR: RequestTarget = { kind: 'unclear' }

/** URL parsers drop tabs and line ends and take `\` for `/`, so after one slash none of these may follow. */
const ORIGIN_FORM = /^\/(?![/\\\x00-\x20])/
const ABSOLUTE = /^(?:(https?):)?\/\/([^/?#]*)(?=[/?]|$)/i
const DEFAULT_PORTS: ReadonlyMap<string | undefined, number> = new Map([
  ['http', 80],
  ['https', 443],
])

/** What nearly every path is, a slash and something that is in no doubt: a look at two characters. */
function isPlainPath(path: string): boolean {
  if (path.charCodeAt(0) !== 0x2f) return false
  const second = path.charCodeAt(1)
  // A letter or a digit, or nothing.
  return path.length === 1 || (second >= 0x61 && second <= 0x7a) || (second >= 0x30 && second <= 0x39)
}

/**
 * Reads the request target, RFC 9112 section 3.2. A proxy forwards the absolute form to the host in it. `//host/x` is a path
 * to one server and a host to the next. Backslashes, controls, fragments and other schemes are where URL parsers differ.
 */
export function parseRequestTarget(path: unknown): RequestTarget {
  if (path === undefined || path === null) return OWN
  // Node passes on whatever the application gave it.
  if (typeof path !== 'string') return UNCLEAR
  if (isPlainPath(path)) return OWN
  if (path === '' || path === '*' || path.startsWith('?')) return OWN
  if (ORIGIN_FORM.test(path)) return OWN
  const match = ABSOLUTE.exec(path)
  if (match === null) return UNCLEAR
  const [, scheme, authority = ''] = match
  const at = authority.indexOf('@')
  const target = splitPort(authority.slice(at + 1))
  if (target === undefined || target.host.includes('%') || authority.includes('\\')) return UNCLEAR
  return { kind: 'other', host: target.host, port: target.port ?? DEFAULT_PORTS.get(scheme?.toLowerCase()) }
}
