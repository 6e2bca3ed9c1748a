// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { allowsTarget, createOutboundPolicy } from '../../../src/propagation/outbound-policy.ts'

describe('createOutboundPolicy: mistakes', () => {
  const skipped = [
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['*', 'is `*` alone (every host is the word `all`)'],
    ['host:99999', 'has no port from 1 to 65535 after its colon'],
    ['host:0', 'has no port from 1 to 65535 after its colon'],
    ['host:', 'has no port from 1 to 65535 after its colon'],
    ['[::1]:http', 'has no port from 1 to 65535 after its colon'],
    ['http://a.example', 'looks like a URL, where a host is expected'],
    ['user@a.example', 'looks like a URL, where a host is expected'],
    ['a.*.example', 'has a `*` that is not the leading `*.` of a host name'],
    ['*.*.example', 'has a `*` that is not the leading `*.` of a host name'],
    ['*example.com', 'has a `*` that is not the leading `*.` of a host name'],
    ['*.', 'has a `*` that is not the leading `*.` of a host name'],
    ['*.10.0.0.1', 'has a `*` that is not the leading `*.` of a host name'],
    ['10.0.0.0/33', 'has a `/` and is no CIDR range'],
    ['10/8', 'has a `/` and is no CIDR range'],
    ['a.example/path', 'has a `/` and is no CIDR range'],
    ['[fe80::1%eth0]', 'has a `%`, and neither zones nor escapes are known here'],
    ['a b', 'is no host, address, `*.suffix`, CIDR range or known word'],
    [':::', 'is no host, address, `*.suffix`, CIDR range or known word'],
    ['1.2.3.4.5', 'is no host, address, `*.suffix`, CIDR range or known word'],
  ] as const
  for (const [entry, mistake] of skipped) {
    it(`names and skips ${JSON.stringify(entry)}`, () => {
      const { policy, problems } = createOutboundPolicy(['internal', entry])
      assert.deepEqual(problems, [`Entry 2 ${mistake}; it is skipped.`])
      assert.equal(policy.allows('orders'), true)
      assert.equal(policy.allows('example.com'), false)
    })
  }

  for (const entry of ['!', '!*', '!!a', '!host:99999', '!http://a', '!none', '!10.0.0.0/33']) {
    it(`sends the ID nowhere when it cannot tell whom ${entry} denies`, () => {
      const { policy, problems } = createOutboundPolicy(['all', entry])
      assert.equal(problems.length, 1)
      assert.match(problems[0] ?? '', /^Entry 2 denies and .+; whom to deny is not known, so the ID goes to no host\.$/)
      assert.equal(policy.allows('orders'), false)
    })
  }

  it('sends the ID nowhere when every entry is a mistake, and says so', () => {
    const { policy, problems } = createOutboundPolicy(['*', 'host:99999'])
    assert.equal(problems.length, 3)
    assert.equal(problems[2], 'No entry of the list can be used; the ID goes to no host.')
    assert.equal(policy.allows('localhost'), false)
  })

  it('says that a list of denials alone allows nobody', () => {
    const { policy, problems } = createOutboundPolicy(['!::1'])
    assert.deepEqual(problems, [
      'The list denies and allows nobody; the ID goes to no host (add `internal` for the default).',
    ])
    assert.equal(policy.allows('localhost'), false)
  })

  it('lets `none` win over others, and says so', () => {
    const { policy, problems } = createOutboundPolicy(['all', 'none'])
    assert.deepEqual(problems, ['Entry 2 is `none` among others; the ID goes to no host.'])
    assert.equal(policy.allows('localhost'), false)
  })

  it('property: never throws, and never repeats an entry in a problem', () => {
    const marked = fc
      .tuple(
        fc.constantFrom('', '!', '*', '*.', '[', 'http://', '10.0.0.0/', 'host:'),
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('', ' ', '/', '@', ':x', '*', '\r\n', ']'),
      )
      .map(([start, middle, end]) => `${start}${middle}QZXJ${end}`)
    fc.assert(
      fc.property(fc.array(marked, { maxLength: 4 }), fc.string({ unit: 'binary' }), (entries, host) => {
        const { policy, problems } = createOutboundPolicy(entries)
        assert.equal(typeof policy.allows(host), 'boolean')
        assert.equal(typeof allowsTarget(policy, { host: 'qzxj', path: host }), 'boolean')
        for (const problem of problems) {
          assert.match(problem, /^[\x20-\x7e]+\.$|^[\x20-\x7e]+\)\.$/)
          assert.doesNotMatch(problem, /QZXJ/i)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
