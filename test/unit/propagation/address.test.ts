// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createAddressSet, parseAddress, parseRange } from '../../../src/propagation/address.ts'
import { addressOf, dotted, groups, ipv4, ipv6, isInBlock, urlHostname } from './address-oracle.ts'

const v4 = (text: string) => ({ family: 'ipv4', text })
const v6 = (text: string) => ({ family: 'ipv6', text })

describe('parseAddress', () => {
  const cases = [
    ['10.0.0.1', v4('10.0.0.1')],
    ['::1', v6('::1')],
    ['0:0:0:0:0:0:0:1', v6('::1')],
    ['FD00:EC2::254', v6('fd00:ec2::254')],
    ['fe80::1%eth0', v6('fe80::1')],
    ['::ffff:10.0.0.1', v4('10.0.0.1')],
    ['::FFFF:a00:1', v4('10.0.0.1')],
    ['::ffff:10.0.0.1%lo', v4('10.0.0.1')],
    // IPv4-compatible and IPv4-translated are other blocks: they do not reach the IPv4 address.
    ['::10.0.0.1', v6('::10.0.0.1')],
    ['::ffff:0:a00:1', v6('::ffff:0:a00:1')],
    ['', undefined],
    ['localhost', undefined],
    ['127.1', undefined],
    ['010.0.0.1', undefined],
    ['[::1]', undefined],
    ['10.0.0.1:80', undefined],
    ['::1%', undefined],
  ] as const
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseAddress(text), expected))
  }
})

describe('parseRange', () => {
  const cases = [
    ['10.0.0.0/8', { ...v4('10.0.0.0'), prefix: 8 }],
    ['0.0.0.0/0', { ...v4('0.0.0.0'), prefix: 0 }],
    ['10.1.2.3', { ...v4('10.1.2.3'), prefix: 32 }],
    ['fd00::/8', { ...v6('fd00::'), prefix: 8 }],
    ['::1', { ...v6('::1'), prefix: 128 }],
    ['::ffff:10.0.0.0/104', { ...v4('10.0.0.0'), prefix: 8 }],
    ['::ffff:10.0.0.0/8', undefined],
    ['::ffff:0:0/95', undefined],
    ['10.0.0.0/33', undefined],
    ['::/129', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/08', undefined],
    ['10.0.0.0/-1', undefined],
    ['10.0.0.0/8/8', undefined],
    ['10.0.0.0/255.0.0.0', undefined],
    ['10/8', undefined],
    ['fe80::1%eth0', undefined],
    ['/8', undefined],
  ] as const
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseRange(text), expected))
  }
})

describe('createAddressSet', () => {
  const setOf = (...ranges: readonly string[]) =>
    createAddressSet(ranges.map(parseRange).filter((range) => range !== undefined))
  const has = (set: ReturnType<typeof setOf>, text: string) => {
    const address = parseAddress(text)
    assert.ok(address)
    return set.has(address)
  }

  it('keeps the families apart', () => {
    const everyIpv6 = setOf('::/0')
    assert.equal(has(everyIpv6, '2001:db8::1'), true)
    assert.equal(has(everyIpv6, '1.2.3.4'), false)
    assert.equal(has(everyIpv6, '::ffff:1.2.3.4'), false)
    assert.equal(has(setOf('0.0.0.0/0'), '::1'), false)
    assert.equal(has(setOf('0.0.0.0/0'), '::ffff:1.2.3.4'), true)
  })

  it('property: agrees with arithmetic for any address and any block near it', () => {
    const sameFamily = fc.oneof(
      fc.tuple(ipv4, fc.nat(32), fc.nat(31)).map(([value, prefix, bit]) => {
        return { inside: dotted(value), near: dotted(value ^ (1n << BigInt(bit))), prefix }
      }),
      fc.tuple(ipv6, fc.nat(128), fc.nat(127)).map(([value, prefix, bit]) => {
        return { inside: groups(value), near: groups(value ^ (1n << BigInt(bit))), prefix }
      }),
    )
    fc.assert(
      fc.property(sameFamily, ({ inside, near, prefix }) => {
        const network = addressOf(urlHostname(inside) ?? '')
        const other = addressOf(urlHostname(near) ?? '')
        assert.ok(network && other)
        fc.pre(prefix <= network.bits && network.bits === other.bits)
        const set = setOf(`${inside}/${inside.includes(':') && network.bits === 32 ? prefix + 96 : prefix}`)
        assert.equal(has(set, inside), true)
        assert.equal(has(set, near), isInBlock(other, network, prefix))
      }),
      { numRuns: 500 },
    )
  })
})
