// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { allowsTarget, createOutboundPolicy } from '../../../src/propagation/outbound-policy.ts'
import { addressOf, ipv4, spellIpv4, spellName } from './address-oracle.ts'

describe('allowsTarget', () => {
  const { policy } = createOutboundPolicy(['internal', 'partner.example', 'ported.example:8080', 'tls.example:443'])
  const proxied = (path: string | undefined) => allowsTarget(policy, { host: 'proxy', port: 3128, path })

  const yes = [
    undefined,
    '',
    '*',
    '/',
    '/a//b',
    '/?u=http://evil.example/',
    '?u=//evil.example',
    '/http://evil.example/',
    '/a\\b',
    'http://partner.example/x',
    'http://partner.example',
    'http://partner.example?x=@evil.example',
    'HTTPS://PARTNER.EXAMPLE./x',
    'http://user:p%40ss@partner.example/',
    'http://evil.example@partner.example/',
    'http://ported.example:8080/',
    'https://tls.example/',
    'http://[::1]:3000/',
    'http://2130706433/',
    '//partner.example/x',
    '//orders',
  ]
  for (const path of yes) it(`allows ${path}`, () => assert.equal(proxied(path), true))

  const no = [
    'http://evil.example/',
    'HTTP://evil.example/',
    'https://evil.example',
    'hTTps://EVIL.example/?partner.example',
    'http://partner.example@evil.example/',
    'http://partner.example:80@evil.example/',
    'http://a@partner.example@evil.example/',
    'http://evil.example@a@partner.example/',
    'http://evil.example\\@partner.example/',
    'http://evil.example#@partner.example/',
    'http://partner.example#@evil.example/',
    'http://partner.example.evil.example/',
    'http://partner%2eexample/',
    'http://[::1%25lo]/',
    'http://ported.example/',
    'http://tls.example/',
    'http://partner.example:99999/',
    'http://partner.example:/',
    'http://0x08080808/',
    'http://169.254.169.254/latest/',
    'http:///partner.example/',
    'http:/partner.example/',
    'http:partner.example',
    'http://',
    'ftp://partner.example/',
    '//evil.example/x',
    '//partner.example@evil.example/x',
    '///evil.example',
    '//',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    ' http://evil.example/',
    'evil.example/',
    'partner.example:443',
    '//ported.example/',
    `http://${'a'.repeat(100_000)}/`,
  ]
  for (const path of no) {
    it(`does not allow ${JSON.stringify(path.slice(0, 60))}`, () => assert.equal(proxied(path), false))
  }

  it('needs the connect host as well', () => {
    assert.equal(allowsTarget(policy, { host: 'evil.example', path: 'http://partner.example/' }), false)
    assert.equal(allowsTarget(policy, { host: undefined, path: '/' }), false)
    assert.equal(allowsTarget(policy, { host: 'ported.example', port: 8080 }), true)
    assert.equal(allowsTarget(policy, { host: 'ported.example', port: 8081 }), false)
  })

  it('takes no path that is not text', () => {
    for (const path of [1, {}, new URL('http://orders/')]) {
      assert.equal(allowsTarget(policy, { host: 'orders', path: path as unknown as string }), false)
    }
  })

  it('property: an absolute-form path is allowed exactly when its host is', () => {
    const allowed = ['allowed.example', '10.0.0.1', 'fd00::1']
    const proxyPolicy = createOutboundPolicy(['proxy', ...allowed]).policy
    const userinfo = fc.constantFrom(
      '',
      'user@',
      'user:pass@',
      'allowed.example@',
      'allowed.example:80@',
      '10.0.0.1@',
      ':@',
    )
    const host = fc.oneof(
      fc
        .constantFrom(...allowed, 'evil.example', 'allowed.example.evil', 'xallowed.example', '8.8.8.8')
        .chain(spellUrlHost),
      ipv4.chain(spellIpv4).map((text) => (text.includes(':') && !text.startsWith('[') ? `[${text}]` : text)),
    )
    const rest = fc.constantFrom('', '/', '/x', '/@allowed.example', '?u=http://allowed.example/', '/#@allowed.example')
    const scheme = fc.constantFrom('http://', 'https://', 'HTTP://', 'hTtPs://', '//')
    fc.assert(
      fc.property(scheme, userinfo, host, fc.constantFrom('', ':8080'), rest, (start, user, name, colon, end) => {
        const path = `${start}${user}${name}${colon}${end}`
        const read = URL.parse(path, 'http://proxy/')?.hostname.replace(/^\[|\]$|\.$/g, '')
        assert.ok(read)
        const expected = allowed.some((known) => sameHost(known, read))
        assert.equal(allowsTarget(proxyPolicy, { host: 'proxy', port: 3128, path }), expected, path)
      }),
      { numRuns: 2000 },
    )
  })

  it('property: no path makes a URL parser see a host that is not allowed', () => {
    const proxyPolicy = createOutboundPolicy(['proxy', 'allowed.example']).policy
    const parts = ['http:', 'https:', 'ftp:', '//', '/', '\\', '@', ':', '?', '#', '%40', '\t', '\n', ' ', '.', '80']
    const path = fc
      .array(fc.constantFrom(...parts, 'allowed.example', 'evil.example', 'HTTP:', '//', '@'), { maxLength: 9 })
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(path, (text) => {
        if (!allowsTarget(proxyPolicy, { host: 'proxy', path: text })) return
        const read = URL.parse(text, 'http://proxy/')?.hostname.replace(/\.$/, '')
        assert.ok(read === 'proxy' || read === 'allowed.example', `it was read as ${read}`)
      }),
      { numRuns: 20_000 },
    )
  })
})

function spellUrlHost(host: string): fc.Arbitrary<string> {
  if (host.includes(':')) return fc.constantFrom(`[${host}]`, `[${host.toUpperCase()}]`)
  return host.endsWith('e') || host.endsWith('l') ? spellName(host) : fc.constant(host)
}

function sameHost(known: string, read: string): boolean {
  const [a, b] = [addressOf(known), addressOf(read)]
  return a && b ? a.bits === b.bits && a.value === b.value : known === read
}
