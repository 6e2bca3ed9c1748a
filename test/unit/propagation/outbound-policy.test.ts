// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOutboundPolicy } from '../../../src/propagation/outbound-policy.ts'

interface Case {
  readonly entries: readonly string[]
  readonly yes?: readonly Target[]
  readonly no?: readonly Target[]
}
type Target = string | undefined | readonly [host: string | undefined, port: number]

function check({ entries, yes = [], no = [] }: Case): void {
  const { policy, problems } = createOutboundPolicy(entries)
  assert.deepEqual(problems, [])
  for (const [targets, expected] of [[yes, true] as const, [no, false] as const]) {
    for (const target of targets) {
      const [host, port] = typeof target === 'object' ? target : [target]
      // Twice, because the second answer comes from the cache.
      assert.equal(policy.allows(host, port), expected, `${entries.join()} and ${target}`)
      assert.equal(policy.allows(host, port), expected, `${entries.join()} and ${target}, the second time`)
    }
  }
}

const CASES: Readonly<Record<string, Case>> = {
  'internal: loopback, private, shared and unique local addresses, to their last bit': {
    entries: ['internal'],
    yes: [
      '127.0.0.1',
      '127.255.255.255',
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.255.255',
    ].concat([
      '100.64.0.0',
      '100.127.255.255',
      '::1',
      '[::1]',
      'fc00::',
      'fdff::1',
      '::ffff:10.0.0.1',
      '[::FFFF:A00:1]',
    ]),
    no: ['126.255.255.255', '128.0.0.0', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255']
      .concat(['192.169.0.0', '100.63.255.255', '100.128.0.0', '8.8.8.8', '::2', 'fbff::', 'fe00::', '2001:db8::1'])
      .concat(['0.0.0.0', '::', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::a00:1', '2002:a00:1::']),
  },
  'internal: single labels and private domains': {
    entries: ['internal'],
    yes: [
      'orders',
      'my_service',
      'ORDERS',
      'orders.',
      'localhost',
      'app.localhost',
      'printer.local',
      'api.internal',
    ].concat(['a.ns.svc', 'a.ns.svc.cluster.local', 'nas.home.arpa', 'nas.lan', 'crm.corp', 'redis.service.consul']),
    no: [
      'example.com',
      'internal.example.com',
      'local.example.com',
      'notlocal.example',
      'a.locals',
      'home.arpa',
      'a.arpa',
    ].concat(['xinternal.example', 'a.internal.example', 'a.svc.example', 'hooks.slack.com', 'bücher.de']),
  },
  'internal: numbers are judged by the address they are': {
    entries: ['internal'],
    yes: ['2130706433', '0x7f.1', '0x7f000001', '017700000001', '127.1', '10.1', '0xa.0.0.1', '１２７.1'],
    no: ['0x08080808', '134744072', '8.8.2056', '010.8.8.8.8', '1', '0', '08', '0x', '4294967296', '256.1.1.1'],
  },
  'internal: never the metadata hosts': {
    entries: ['internal'],
    no: ['169.254.169.254', '169.254.170.2', '2852039166', '0xa9fea9fe', '[::ffff:169.254.169.254]', 'fe80::a9fe:a9fe']
      .concat(['fd00:ec2::254', '[FD00:EC2::254]', 'fd00:ec2::254%eth0', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42'])
      .concat(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'metadata', 'METADATA.', 'metadata.google.internal'])
      .concat(['Metadata.Google.Internal.', 'metadata.azure.internal', 'instance-data', 'instance-data.ec2.internal'])
      .concat(['instance-data.eu-west-1.compute.internal', 'rancher-metadata', 'metadata.goog']),
    yes: ['metadata.orders.internal', 'fd00:ec3::254', '100.100.100.201'],
  },
  'internal: link-local is not': { entries: ['internal'], no: ['169.254.0.1', 'fe80::1', 'fe80::1%eth0'] },
  'a metadata host that is named is allowed': {
    entries: ['169.254.169.254', 'metadata.google.internal'],
    yes: ['169.254.169.254', 'metadata.google.internal'],
  },
  'a host is that host only, in any spelling': {
    entries: ['Partner.Example.'],
    yes: ['partner.example', 'PARTNER.example', 'partner.example.', ['partner.example', 8443]],
    no: [
      'a.partner.example',
      'xpartner.example',
      'partner.example.evil',
      'partner.exampl',
      'partner-example',
      'orders',
    ],
  },
  'an IDN entry is its punycode': {
    entries: ['bücher.example'],
    yes: ['xn--bcher-kva.example', 'BÜCHER.example', 'bücher.example.'],
    no: ['bucher.example'],
  },
  'a host with a port needs that port': {
    entries: ['partner.example:8443', '[2001:db8::1]:8080', '203.0.113.7:80'],
    yes: [
      ['partner.example', 8443],
      ['2001:db8::1', 8080],
      ['[2001:DB8::1]', 8080],
      ['203.0.113.7', 80],
    ],
    no: [['partner.example', 443], 'partner.example', ['2001:db8::1', 80], '2001:db8::1', ['203.0.113.7', 8443]],
  },
  'a port that is no port is not known': {
    entries: ['partner.example:8443', 'other.example'],
    yes: [['other.example', Number.NaN]],
    no: [
      ['partner.example', Number.NaN],
      ['partner.example', 8443.5],
    ],
  },
  'a suffix is on a label boundary and leaves out the bare name': {
    entries: ['*.Example.COM.'],
    yes: ['a.example.com', 'a.b.example.com', 'A.EXAMPLE.com.'],
    no: ['example.com', 'aexample.com', '.example.com', 'a.example.com.evil', 'example.com.a', 'a.example.co'],
  },
  'a suffix may have a port': {
    entries: ['*.a.example:81'],
    yes: [['x.a.example', 81]],
    no: [['x.a.example', 82], 'x.a.example'],
  },
  'ranges and addresses': {
    entries: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7', '::ffff:192.0.2.0/120'],
    yes: [
      '203.0.113.0',
      '203.0.113.255',
      '0xcb007101',
      '::ffff:203.0.113.9',
      '2001:db8:ffff::1',
      '198.51.100.7',
      '192.0.2.9',
    ],
    no: ['203.0.112.255', '203.0.114.0', '2001:db9::', '198.51.100.8', '192.0.3.1', '203.0.113.1.example'],
  },
  'an IPv6 range has no IPv4 address in it': {
    entries: ['::/0'],
    yes: ['2001:db8::1'],
    no: ['8.8.8.8', '::ffff:8.8.8.8'],
  },
  'all is every host that can be read': {
    entries: ['all'],
    yes: ['example.com', '8.8.8.8', '2001:db8::1', 'fe80::1%eth0'],
    no: [undefined, '', ' ', 'a b', 'a/b', 'a@b', 'a:80', 'http://a', 'a%2fb', '[::1', '1.2.3.4.5', 'a'.repeat(600)],
  },
  'none is nobody': { entries: ['none'], no: ['localhost', '127.0.0.1', '::1', 'example.com', undefined] },
  'no entries are nobody': { entries: [], no: ['localhost', '127.0.0.1', undefined] },
  'words have no case': { entries: [' INTERNAL ', '!Internal'], no: ['orders'] },
  'deny wins, wherever it stands': {
    entries: ['!legacy.internal', 'internal', 'legacy.internal', '!10.1.0.0/16', '!*.ads.internal', '!::1'],
    yes: ['a.internal', '10.2.0.1', 'ads.internal', '127.0.0.1'],
    no: [
      'legacy.internal',
      'LEGACY.internal.',
      '10.1.2.3',
      '0xa010203',
      '::ffff:10.1.2.3',
      'x.ads.internal',
      '::1',
      '[::1]',
    ],
  },
  'a denied port is denied where the port is not known': {
    entries: ['all', '!a.example:81'],
    yes: [['a.example', 80], 'b.example'],
    no: [['a.example', 81], 'a.example'],
  },
  '!internal also denies what internal leaves out': {
    entries: ['all', '!internal'],
    yes: ['example.com', '8.8.8.8'],
    no: ['orders', '10.0.0.1', '169.254.169.254', 'metadata.google.internal', '100.100.100.200', '168.63.129.16'],
  },
  '!all is nobody': { entries: ['all', 'internal', '!all'], no: ['orders', 'example.com'] },
  'a space after the exclamation mark is harmless': {
    entries: ['all', '! a.example'],
    yes: ['b.example'],
    no: ['a.example'],
  },
}

describe('createOutboundPolicy', () => {
  for (const [title, record] of Object.entries(CASES)) it(title, () => check(record))

  it('answers for each port by itself', () => {
    const { policy } = createOutboundPolicy(['a.example:81'])
    const answers = [81, 82, undefined, 81].map((port) => policy.allows('a.example', port))
    assert.deepEqual(answers, [true, false, false, true])
  })

  it('takes a port that is no integer for an unknown one', () => {
    const { policy } = createOutboundPolicy(['all', '!a.example:81'])
    for (const port of [Number.NaN, 81.5, '80']) assert.equal(policy.allows('a.example', port as number), false)
    assert.equal(policy.allows('a.example', 80), true)
  })

  it('is not fooled by what JavaScript callers may pass', () => {
    const { policy } = createOutboundPolicy(['all'])
    for (const host of [null, 1, {}, ['localhost'], new URL('http://localhost/')]) {
      assert.equal(policy.allows(host as unknown as string), false)
    }
  })
})
