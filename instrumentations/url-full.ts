// SPDX-License-Identifier: Apache-2.0
import { REDACTED, REDACTED_PARAMETERS, redactParameters } from './redacted-parameters.ts'

const HAS_SECRET = new RegExp(`[?&](?:${REDACTED_PARAMETERS.join('|')})=`)

/** A path and a query that parsing and writing leaves as they are: most are, and parsing takes some microseconds. */
const AS_IT_IS =
  /^\/(?![./])[\w~$+,;=:@!*()-]*(?:[./](?![./])[\w~$+,;=:@!*()-]*)*\?[\w*.-]+=[\w*.-]*(?:&[\w*.-]+=[\w*.-]*)*$/

/** The same without a query. */
const PLAIN_PATH = /^\/(?:(?![./])[\w~$+,;=:@!*()-]*(?:[./](?![./])[\w~$+,;=:@!*()-]*)*)?$/

const ABSOLUTE = /^https?:\/\//i
const USER_INFO = /^(https?:\/\/)[^/?#]*@/i

/** The attribute `url.full` of a request: where it goes, without credentials. */
export function urlFullOf(protocol: string, host: string, port: number | undefined, path: string): string {
  // A proxy gets the target's whole URL.
  if (ABSOLUTE.test(path)) return redactUrl(path)
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const isDefault = port === undefined || port === (protocol === 'https:' ? 443 : 80)
  return `${protocol}//${name}${isDefault ? '' : `:${port}`}${redactQuery(path)}`
}

/** Values of sensitive keys are replaced, and the query is written anew, as instrumentation-http does. */
export function redactQuery(path: string): string {
  const at = path.indexOf('?')
  if (at === -1) return path
  if (isAsItIs(path)) return path
  const url = URL.parse(path, 'http://localhost')
  return url === null ? path.slice(0, at) : `${url.pathname}?${redactParameters(url.searchParams)}`
}

function isAsItIs(path: string): boolean {
  return AS_IT_IS.test(path) && !HAS_SECRET.test(path)
}

function redactUrl(text: string): string {
  const open = text.replace(USER_INFO, `$1${REDACTED}:${REDACTED}@`)
  const at = open.indexOf('?')
  return at === -1 ? open : `${open.slice(0, at)}?${redactParameters(new URLSearchParams(open.slice(at + 1)))}`
}

/** A URL in the parts that instrumentation-undici records. */
export interface UrlParts {
  readonly full: string
  readonly path: string
  /** With its question mark; empty where there is none. */
  readonly query: string
}

/** The parts of a URL; undefined where there is no such URL. */
export function urlPartsOf(base: string, path: string): UrlParts | undefined {
  if (PLAIN_PATH.test(path)) return { full: base + path, path, query: '' }
  if (isAsItIs(path)) {
    const at = path.indexOf('?')
    return { full: base + path, path: path.slice(0, at), query: path.slice(at) }
  }
  const url = URL.parse(path, base)
  if (url === null) return undefined
  // A key may be written with escapes.
  const { searchParams } = url
  if (REDACTED_PARAMETERS.some((key) => searchParams.has(key)))
    url.search = redactParameters(new URLSearchParams(searchParams))
  if (url.username !== '') url.username = REDACTED
  if (url.password !== '') url.password = REDACTED
  return { full: url.href, path: url.pathname, query: url.search }
}
