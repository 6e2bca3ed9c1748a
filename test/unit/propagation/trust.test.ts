// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createTrust } from '../../../src/propagation/trust.ts'
import { addressOf, dotted, groups, ipv4, ipv6, isInBlock, isInternalOracle, urlHostname } from './address-oracle.ts'

interface Case {
  readonly entries: readonly string[]
  readonly yes?: readonly (string | undefined)[]
  readonly no?: readonly (string | undefined)[]
}

const CASES: Readonly<Record<string, Case>> = {
  'all is everybody, even who cannot be read': { entries: ['all'], yes: ['8.8.8.8', '::1', undefined, '', 'junk'] },
  'all among others is all': { entries: ['10.0.0.0/8', ' ALL '], yes: ['8.8.8.8'] },
  'none is nobody, not even a Unix socket': { entries: ['none'], no: ['127.0.0.1', '::1', undefined, ''] },
  'no entries are nobody': { entries: [], no: ['127.0.0.1', undefined] },
  'loopback, and the Unix socket': {
    entries: ['loopback'],
    yes: ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::FFFF:7f00:1', undefined],
    no: ['128.0.0.0', '10.0.0.1', '::2', '::ffff:10.0.0.1', '::7f00:1', '', 'localhost', '127.1', '[::1]'],
  },
  internal: {
    entries: ['internal'],
    yes: ['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1', undefined],
    no: ['172.32.0.1', '8.8.8.8', '169.254.169.254', 'fe80::1%eth0', '2001:db8::1', '::ffff:8.8.8.8'],
  },
  'ranges and addresses': {
    entries: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7', 'fe80::/10', '::ffff:192.0.2.0/120'],
    yes: ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::9', '198.51.100.7', 'fe80::1%eth0', '192.0.2.1', undefined],
    no: ['203.0.114.1', '2001:db9::1', '198.51.100.8', '127.0.0.1', '::1', '192.0.3.1'],
  },
  'an IPv6 range has no IPv4 peer in it': { entries: ['::/0'], yes: ['::1'], no: ['8.8.8.8', '::ffff:8.8.8.8'] },
}

describe('createTrust', () => {
  for (const [title, { entries, yes = [], no = [] }] of Object.entries(CASES)) {
    it(title, () => {
      const { trust, problems } = createTrust(entries)
      assert.deepEqual(problems, [])
      for (const peer of yes) assert.equal(trust.trusts(peer), true, String(peer))
      for (const peer of no) assert.equal(trust.trusts(peer), false, String(peer))
    })
  }

  it('says when the peer need not be looked up', () => {
    assert.equal(createTrust(['all']).trust.all, true)
    for (const entry of ['none', 'internal', '0.0.0.0/0', 'junk']) assert.equal(createTrust([entry]).trust.all, false)
  })

  const skipped = [
    ['', 'is empty'],
    ['!10.0.0.1', 'has a `!`, which this list does not know'],
    ['10.0.0.0/33', 'has a `/` and is no CIDR range'],
    ['10/8', 'has a `/` and is no CIDR range'],
    ['localhost', 'is no address, CIDR range or known word (names are not resolved)'],
    ['127.1', 'is no address, CIDR range or known word (names are not resolved)'],
    ['10.0.0.1:80', 'is no address, CIDR range or known word (names are not resolved)'],
    ['fe80::1%eth0', 'is no address, CIDR range or known word (names are not resolved)'],
    ['*', 'is no address, CIDR range or known word (names are not resolved)'],
  ] as const
  for (const [entry, mistake] of skipped) {
    it(`names and skips ${JSON.stringify(entry)}`, () => {
      const { trust, problems } = createTrust(['loopback', entry])
      assert.deepEqual(problems, [`Entry 2 ${mistake}; it is skipped.`])
      assert.equal(trust.trusts('127.0.0.1'), true)
      assert.equal(trust.trusts('10.0.0.1'), false)
    })
  }

  it('trusts nobody when every entry is a mistake, and says so', () => {
    const { trust, problems } = createTrust(['localhost', '*'])
    assert.equal(problems.length, 3)
    assert.equal(problems[2], 'No entry of the list can be used; nobody is trusted.')
    assert.deepEqual([undefined, '127.0.0.1'].map(trust.trusts), [false, false])
  })

  it('lets `none` win over others, and says so', () => {
    const { trust, problems } = createTrust(['all', 'none'])
    assert.deepEqual(problems, ['Entry 2 is `none` among others; nobody is trusted.'])
    assert.deepEqual([trust.all, trust.trusts('127.0.0.1'), trust.trusts(undefined)], [false, false, false])
  })

  it('property: trusts the peers that arithmetic puts in the list, IPv4 in both its forms', () => {
    const block = fc.oneof(
      fc.tuple(ipv4, fc.nat(32)).map(([value, prefix]) => ({ network: dotted(value), prefix })),
      fc.tuple(ipv6, fc.nat(128)).map(([value, prefix]) => ({ network: groups(value), prefix })),
    )
    const peer = fc.oneof(
      ipv4.chain((value) => fc.constantFrom(dotted(value), `::ffff:${dotted(value)}`)),
      ipv6.map(groups),
    )
    fc.assert(
      fc.property(fc.array(block, { maxLength: 3 }), fc.boolean(), peer, (blocks, internal, remote) => {
        const entries = blocks.map(({ network, prefix }) => `${network}/${prefix}`)
        const read = addressOf(urlHostname(remote) ?? '')
        assert.ok(read)
        const inBlocks = blocks.some(({ network, prefix }) => {
          const address = addressOf(urlHostname(network) ?? '')
          return address !== undefined && isInBlock(read, address, prefix)
        })
        const { trust } = createTrust(internal ? [...entries, 'internal'] : entries)
        assert.equal(trust.trusts(remote), inBlocks || (internal && isInternalOracle(read)))
      }),
      { numRuns: 2000 },
    )
  })

  it('property: never throws, and never repeats an entry in a problem', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }).map((text) => `${text}QZXJ`)),
        fc.string(),
        (entries, peer) => {
          const { trust, problems } = createTrust(entries)
          assert.equal(trust.trusts(peer), false)
          for (const problem of problems) assert.doesNotMatch(problem, /QZXJ/i)
        },
      ),
    )
  })
})
