// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, it } from 'node:test'
import type { Attributes } from '@opentelemetry/api'
import fc from 'fast-check'
import { serverAttributes } from '../../../instrumentations/server-attributes.ts'

interface Options {
  readonly component: string
}
interface UpstreamUtils {
  getIncomingRequestAttributes(request: IncomingMessage, options: Options, logger: object): Attributes
}

// The package exports its entry alone.
const require = createRequire(import.meta.url)
const entry = require.resolve('@opentelemetry/instrumentation-http')
const upstream: UpstreamUtils = require(path.join(path.dirname(entry), 'utils.cjs'))

interface Given {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly scheme?: string
  readonly headers?: IncomingHttpHeaders
  readonly socket?: { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }
}

const PEER = { remoteAddress: '192.0.2.7', remotePort: 50123 }

function requestOf(given: Omit<Given, 'scheme'>): IncomingMessage {
  const request = { method: 'GET', url: '/', headers: { host: 'h' }, socket: PEER, httpVersion: '1.1', ...given }
  return request as unknown as IncomingMessage
}

/** Both records, without what is undefined, which no span keeps. */
function bothOf({ scheme = 'http', ...given }: Given): readonly [ours: Attributes, upstreams: Attributes] {
  const request = requestOf(given)
  const kept = (attributes: Attributes): Attributes =>
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
  const ours = kept(serverAttributes(request, scheme))
  const upstreams = kept(upstream.getIncomingRequestAttributes(request, { component: scheme }, { verbose() {} }))
  const { host } = request.headers
  if (host && !URL.canParse(`${scheme}://${host}`)) {
    // The one difference: a Host header that is no host takes nothing from a path and query that need no parsing.
    assert.deepEqual([upstreams['url.path'], upstreams['url.query']], [undefined, undefined])
    const { 'url.path': _path, 'url.query': _query, ...rest } = ours
    return [rest, upstreams]
  }
  return [ours, upstreams]
}

const withHost = (host: string): Given => ({ headers: { host } })
const from = (headers: IncomingHttpHeaders): Given => ({ headers: { host: 'h:81', ...headers } })

const CASES: Readonly<Record<string, Given>> = {
  'the usual request': { url: '/a/b?c=d', headers: { host: 'shop.example:8080', 'user-agent': 'ua' } },
  'https, without a port': { scheme: 'https' },
  'https, with one': { scheme: 'https', ...withHost('h:8443') },
  'no method': { method: undefined },
  'small letters': { method: 'get' },
  'an unknown method': { method: 'BREW' },
  'an empty method': { method: '' },
  'no URL': { url: undefined },
  'an empty URL': { url: '' },
  'an asterisk': { url: '*', method: 'OPTIONS' },
  'a whole URL': { url: 'http://other.example:81/x?y=z' },
  'a host and port, as of CONNECT': { url: 'other.example:443', method: 'CONNECT' },
  'two slashes, which name a host': { url: '//other.example/x' },
  'two slashes, and no URL': { url: '//' },
  'a URL that is none': { url: 'http://[' },
  'dots to resolve': { url: '/a/../b/./c' },
  'dots that are encoded': { url: '/a/%2e%2e/b' },
  'what is to be encoded': { url: '/ü <x>"`{}|\\^' },
  'a fragment': { url: '/a?b=c#d' },
  'an empty query': { url: '/a?' },
  'a query without a value': { url: '/a?b' },
  'a query with an encoded secret': { url: '/a?%73ig=secret' },
  'a query with spaces': { url: '/a?b=c+d%20e' },
  'a query with two question marks': { url: '/a?b=c?d' },
  'a secret after two question marks': { url: '/a??sig=secret' },
  'a secret in other letters, which is none': { url: '/a?SIG=x&signature=y' },
  'a secret in another name, which is none': { url: '/a?mysig=x&sig2=y' },
  'a secret twice': { url: '/a?sig=1&b=2&sig=3' },
  ...Object.fromEntries(
    ['sig', 'Signature', 'AWSAccessKeyId', 'X-Goog-Signature', 'X-Amz-Signature', 'X-Amz-Credential']
      .concat('X-Amz-Security-Token')
      .map((name) => [`a secret: ${name}`, { url: `/a?b=c&${name}=secret&d=e` }]),
  ),
  'no Host': { headers: {} },
  'an empty Host': withHost(''),
  'an IPv4 Host': withHost('127.0.0.1:80'),
  'an IPv6 Host': withHost('[::1]'),
  'an IPv6 Host with a port': withHost('[::1]:8080'),
  'an IPv6 Host without its brackets': withHost('::1'),
  'a Host with an empty port': withHost('h:'),
  'a Host with a port that is none': withHost('h:x'),
  'a Host that is none': withHost('a b'),
  'an IPv6 Host that is not closed': withHost('[::1:80'),
  'x-forwarded-host': from({ 'x-forwarded-host': 'a.example' }),
  'x-forwarded-host and -proto': from({ 'x-forwarded-host': 'a.example', 'x-forwarded-proto': 'https' }),
  'x-forwarded-proto of two proxies': from({ 'x-forwarded-host': 'a.example', 'x-forwarded-proto': 'https, http' }),
  'x-forwarded-proto in a list': from({ 'x-forwarded-host': 'a', 'x-forwarded-proto': ['https'] as never }),
  'an empty x-forwarded-host': from({ 'x-forwarded-host': '' }),
  'x-forwarded-for': from({ 'x-forwarded-for': '203.0.113.9' }),
  'x-forwarded-for with a port': from({ 'x-forwarded-for': '203.0.113.9:41' }),
  'x-forwarded-for of IPv6': from({ 'x-forwarded-for': '[2001:db8::9]:41' }),
  'x-forwarded-for of IPv6 without brackets': from({ 'x-forwarded-for': '2001:db8::9' }),
  'x-forwarded-for of two proxies': from({ 'x-forwarded-for': ' 203.0.113.9 , 10.0.0.1' }),
  'x-forwarded-for that is none': from({ 'x-forwarded-for': 'a b' }),
  'x-forwarded-for of a comma': from({ 'x-forwarded-for': ',' }),
  'x-forwarded-for in a list': from({ 'x-forwarded-for': ['203.0.113.9, 10.0.0.1'] as never }),
  'an empty x-forwarded-for': from({ 'x-forwarded-for': '' }),
  forwarded: from({ forwarded: 'for=203.0.113.9;host=a.example:82;proto=https, for=10.0.0.1' }),
  'forwarded with IPv6': from({ forwarded: 'for="[2001:db8::9]:4711";host="[::1]"' }),
  'forwarded with the host in its second entry': from({ forwarded: 'for=_a, host=b.example;proto=http' }),
  'forwarded before x-forwarded-*': from({
    forwarded: 'for=1.2.3.4;host=a',
    'x-forwarded-for': '9',
    'x-forwarded-host': 'b',
  }),
  'forwarded that has neither': from({ forwarded: 'by=x', 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'b' }),
  'forwarded that is none': from({ forwarded: 'a b c;;;="', 'x-forwarded-host': 'b' }),
  'a socket that is gone': { socket: {} },
}

describe('serverAttributes', () => {
  for (const [name, given] of Object.entries(CASES)) {
    it(`are those of instrumentation-http: ${name}`, () => {
      const [ours, upstreams] = bothOf(given)
      assert.deepEqual(ours, upstreams)
    })
  }

  it('keep the path and the query where the Host header is none, unless they need it to be parsed', () => {
    const of = (url: string) => serverAttributes(requestOf({ url, headers: { host: 'a b' } }), 'http')
    const plain = of('/a/b?c=d')
    assert.deepEqual([plain['url.path'], plain['url.query']], ['/a/b', 'c=d'])
    const parsed = of('/a?sig=secret')
    assert.deepEqual([parsed['url.path'], parsed['url.query']], [undefined, undefined])
  })

  const SECRETS = ['sig', 'Signature', 'X-Amz-Credential']
  const piece = fc.string({ unit: fc.constantFrom(...'ab0/.-_~%2e+,;:@!*()=&? ü\\#[]'), maxLength: 10 })
  const query = fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...SECRETS), piece), piece), { maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
  const url = fc.oneof(
    fc.tuple(piece, query).map(([before, after]) => `/${before}?${after}`),
    piece.map((text) => `/${text}`),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    piece,
  )
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'ab:[].1, "'), maxLength: 8 }),
  )
  const hostAndPort = fc
    .tuple(host, fc.option(fc.oneof(fc.nat(70_000), fc.constant('')), { nil: undefined }))
    .map(([name, port]) => (port === undefined ? name : `${name}:${port}`))
  const proto = fc.constantFrom('http', 'https', 'ws', '')
  const forwarded = fc.oneof(
    fc
      .tuple(hostAndPort, hostAndPort, proto)
      .map(([client, name, scheme]) => `for="${client}";host="${name}";proto=${scheme}`),
    fc.string({ unit: fc.constantFrom(...'for=host;,"ab '), maxLength: 20 }),
  )
  const headers = fc.record(
    {
      host: hostAndPort,
      'user-agent': fc.string({ maxLength: 5 }),
      forwarded,
      'x-forwarded-for': fc.array(hostAndPort, { maxLength: 2 }).map((list) => list.join(', ')),
      'x-forwarded-host': hostAndPort,
      'x-forwarded-proto': proto,
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  const given: fc.Arbitrary<Given> = fc.record({
    method: fc.oneof(fc.constantFrom('GET', 'get', 'Post', 'QUERY', 'BREW', ''), fc.string({ maxLength: 4 })),
    url,
    scheme: fc.constantFrom('http', 'https'),
    headers,
    socket: fc.constantFrom(PEER, {}, { remoteAddress: '' }),
  })

  it('property: are those of instrumentation-http, whatever is asked for', () => {
    fc.assert(
      fc.property(given, (request) => {
        const [ours, upstreams] = bothOf(request)
        assert.deepEqual(ours, upstreams)
      }),
      { numRuns: 3000 },
    )
  })
})
