// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createOutboundPolicy } from '../../../src/propagation/outbound-policy.ts'
import {
  addressOf,
  dotted,
  groups,
  ipv4,
  ipv6,
  isInBlock,
  isInternalOracle,
  label,
  name,
  port,
  spellIpv4,
  spellIpv6,
  spellName,
  urlHostname,
} from './address-oracle.ts'

const RUNS = { numRuns: 500 }

const policyOf = (...entries: readonly string[]) => {
  const { policy, problems } = createOutboundPolicy(entries)
  assert.deepEqual(problems, [])
  return policy
}

/** A host as an entry says it, and the same host as a request may spell it. */
const spelledHost = fc.oneof(
  name.chain((entry) => spellName(entry).map((spelled) => ({ entry, spelled }))),
  ipv4.chain((value) => spellIpv4(value).map((spelled) => ({ entry: dotted(value), spelled }))),
  ipv6.chain((value) => spellIpv6(value).map((spelled) => ({ entry: groups(value), spelled }))),
)

/** Metadata hosts have rows of their own; the oracles of the address space do not know them. */
const METADATA_BLOCKS = [
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['100.100.100.200', 32],
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['fd00:c1::a9fe:a9fe', 128],
  ['fd00:42::42', 128],
  ['fd00:a9fe:a9fe::1', 128],
] as const

describe('outbound policy properties', () => {
  it('a denied host is never allowed because of its case, dot, brackets, spelling or port', () => {
    fc.assert(
      fc.property(spelledHost, port, ({ entry, spelled }, anyPort) => {
        assert.ok(urlHostname(spelled), 'the spelling is one that the URL standard reads')
        assert.equal(policyOf('all', `!${entry}`).allows(spelled, anyPort), false)
        assert.equal(policyOf(`!${spelled.replace(/^\[|\]$/g, '')}`, 'all').allows(entry, anyPort), false)
        // It is the denial that does it, and the spelling does not take a permission away either.
        assert.equal(policyOf('all').allows(spelled, anyPort), true)
        assert.equal(policyOf(entry).allows(spelled, anyPort), true)
      }),
      RUNS,
    )
  })

  it('deny beats allow in any order', () => {
    const list = spelledHost.chain(({ entry, spelled }) => {
      const others = ['all', 'internal', entry, spelled, '*.example.com', '10.0.0.0/8', '!other.example']
      return fc
        .tuple(fc.shuffledSubarray(others, { minLength: 1 }), fc.nat(), fc.constantFrom('all', 'internal'))
        .map(([before, at, allow]) => {
          const entries = [...before, allow]
          entries.splice(at % (entries.length + 1), 0, `!${entry}`)
          return { entries, spelled }
        })
    })
    fc.assert(
      fc.property(list, port, ({ entries, spelled }, anyPort) => {
        assert.equal(policyOf(...entries).allows(spelled, anyPort), false)
      }),
      RUNS,
    )
  })

  it('a suffix matches on a label boundary only', () => {
    const suffixAndHost = name.chain((suffix) =>
      fc
        .oneof(
          name.map((sub) => `${sub}.${suffix}`),
          label.map((glued) => `${glued}${suffix}`),
          label.map((tail) => `x.${suffix}.${tail}`),
          name.map((sub) => `${sub}.${suffix.slice(1)}`),
          fc.constant(suffix),
          name,
        )
        .chain(spellName)
        .map((host) => ({ suffix, host })),
    )
    fc.assert(
      fc.property(suffixAndHost, ({ suffix, host }) => {
        const read = urlHostname(host)
        fc.pre(read !== undefined)
        const labels = read.split('.')
        const wanted = suffix.split('.')
        const expected =
          labels.length > wanted.length && wanted.every((part, i) => labels.at(i - wanted.length) === part)
        fc.pre(labels.every((part) => part !== ''))
        assert.equal(policyOf(`*.${suffix}`).allows(host), expected)
        assert.equal(policyOf('all', `!*.${suffix}`).allows(host), !expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('internal is the internal address space in any spelling, but for metadata hosts', () => {
    const internal = policyOf('internal')
    const address = fc.oneof(ipv4.chain(spellIpv4), ipv6.chain(spellIpv6))
    const metadata = METADATA_BLOCKS.map(([text, prefix]) => [addressOf(urlHostname(text) ?? ''), prefix] as const)
    fc.assert(
      fc.property(address, port, (spelled, anyPort) => {
        const read = addressOf(urlHostname(spelled) ?? '')
        assert.ok(read)
        const isMetadata = metadata.some(([network, prefix]) => network && isInBlock(read, network, prefix))
        assert.equal(internal.allows(spelled, anyPort), isInternalOracle(read) && !isMetadata)
      }),
      { numRuns: 2000 },
    )
  })

  it('internal takes no text whose URL host is neither internal nor a single label', () => {
    const internal = policyOf('internal')
    const words = ['local', 'internal', 'svc', 'localhost', 'evil', 'com', '10.0.0.1', '8.8.8.8', '0x8.8', '[::1]']
    const text = fc
      .array(fc.constantFrom(...words, ...'..-_@:/\\?#%[]*! \t', '。', 'ｌ'), { maxLength: 6 })
      .map((parts) => parts.join(''))
    const domain = /^[^.]+$|\.(localhost|local|internal|home\.arpa|svc|consul|lan|corp)$/
    fc.assert(
      fc.property(text, (host) => {
        if (!internal.allows(host)) return
        const read = urlHostname(host)
        assert.ok(read !== undefined, 'a host that no URL parser reads')
        assert.doesNotMatch(host, /[@/\\?#%\s]/)
        const address = addressOf(read)
        assert.ok(address ? isInternalOracle(address) : domain.test(read), `it was read as ${read}`)
      }),
      { numRuns: 3000 },
    )
  })

  it('a range holds what arithmetic says', () => {
    const pair = fc.oneof(
      fc
        .tuple(ipv4, fc.nat(32), fc.nat(31))
        .chain(([value, prefix, bit]) =>
          spellIpv4(value ^ (1n << BigInt(bit))).map((near) => ({ network: dotted(value), prefix, near })),
        ),
      fc
        .tuple(ipv6, fc.nat(128), fc.nat(127))
        .chain(([value, prefix, bit]) =>
          spellIpv6(value ^ (1n << BigInt(bit))).map((near) => ({ network: groups(value), prefix, near })),
        ),
    )
    fc.assert(
      fc.property(pair, ({ network, prefix, near }) => {
        const block = addressOf(urlHostname(network) ?? '')
        const other = addressOf(urlHostname(near) ?? '')
        assert.ok(block && other)
        fc.pre(network.includes(':') === (block.bits === 128))
        const expected = isInBlock(other, block, prefix)
        assert.equal(policyOf(`${network}/${prefix}`).allows(near), expected)
        assert.equal(policyOf('all', `!${network}/${prefix}`).allows(near), !expected)
      }),
      RUNS,
    )
  })
})
