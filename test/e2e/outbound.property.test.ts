// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { linesOf, type Outbound, startOutbound } from '../support/outbound.ts'

/** Allowed and denied; a name with `*.` is a domain, one with `/` an address block, one with `:` is about a port. */
const ALLOW = [
  'allowed.example',
  '*.ok.example',
  '10.0.0.0/8',
  '2001:db8::/32',
  'port.example:8080',
  'xn--bcher-kva.example',
]
const DENY = ['bad.ok.example', '10.9.0.0/16', '2001:db8:bad::/48', 'allowed.example:9999']

const HOSTS = ['allowed.example', 'a.ok.example', 'ok.example', 'bad.ok.example', 'evil-ok.example', 'port.example']
  .concat(['third.example', 'allowed.example.third.example', 'bücher.example', '10.1.2.3', '10.9.2.3', '11.1.2.3'])
  .concat(['[2001:db8::1]', '[2001:db8:bad::1]', '[2001:db9::1]', 'localhost'])
const PORTS = [80, 8080, 9999]

interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly spoofed: string | undefined
}

/** The oracle: the URL standard's parser, and Node's block lists. */
function isAllowed(url: URL): boolean {
  const hostname = url.hostname.replace(/^\[|\]$|\.$/g, '')
  const port = url.port || '80'
  const matches = (entry: string): boolean => {
    if (entry.includes('/')) {
      const [network = '', prefix] = entry.split('/')
      const family = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4')
      const list = new BlockList()
      list.addSubnet(network, Number(prefix), family(network))
      return isIP(hostname) !== 0 && family(hostname) === family(network) && list.check(hostname, family(hostname))
    }
    if (entry.startsWith('*.')) return hostname.endsWith(entry.slice(1))
    return entry === (entry.includes(':') ? `${hostname}:${port}` : hostname)
  }
  return ALLOW.some(matches) && !DENY.some(matches)
}

/** The same host as people and attackers spell it. */
const spelled = fc.constantFrom(...HOSTS).chain((host) => {
  const ways = [host, host.toUpperCase()]
  if (!host.startsWith('[')) ways.push(`${host}.`, host.replaceAll('.', '。'))
  if (isIP(host) === 4) {
    const bytes = host.split('.').map(Number)
    ways.push(`0x${bytes[0]?.toString(16)}.${bytes[1]}.${((bytes[2] ?? 0) << 8) + (bytes[3] ?? 0)}`)
  }
  return fc.constantFrom(...ways)
})

const port = fc.constantFrom(...PORTS)
const path = fc.oneof(
  fc.webPath().map((text) => `/${text.replace(/^\/+/, '')}`),
  fc.tuple(spelled, port).map(([host, number]) => `/?next=http://${host}:${number}/`),
  fc
    .tuple(fc.constantFrom('http://', '//', '/\\', '/\\/', '///', 'HTTP://', 'http://allowed.example@'), spelled, port)
    .map(([before, host, number]) => `${before}${host}:${number}/x`),
)
const target: fc.Arbitrary<Target> = fc.record({
  host: spelled,
  port,
  path: path.map((text) => text.replace(/[^\x21-\x7e]/g, '.')),
  spoofed: fc.option(fc.constantFrom('allowed.example', 'third.example', 'allowed.example:80'), { nil: undefined }),
})

async function check({ call, sink }: Outbound, client: string, { spoofed, ...where }: Target, seen: Set<string>) {
  // Node gives an address to its socket as it is; brackets are a URL's.
  const host = client === 'http anywhere' ? where.host.replace(/^\[|\]$/g, '') : where.host
  const headers = { ...(spoofed !== undefined && { host: spoofed }) }
  const options = { ...where, host, headers, sink: sink.port, fails: true }
  const { id, requests, bytes, answer } = await call({ client, url: 'http://unused.example', options })
  const base = new URL(`http://${where.host}:${where.port}`)
  const named = URL.parse(where.path, base.href)
  const isDenied = !isAllowed(base) || (named !== null && !isAllowed(named))
  const story = `${client} ${JSON.stringify({ ...where, spoofed })}:\n${bytes || answer}`
  if (isDenied) {
    assert.equal(bytes.includes(id), false, story)
    assert.doesNotMatch(bytes.replace(/^.*\r\n/, ''), /correlation/i, story)
    // Node writes no Host line with the full stops of other scripts.
  } else if (/^\/(?![/\\])/.test(where.path) && !answer.includes('ERR_INVALID_CHAR')) {
    assert.deepEqual(requests[0] && linesOf(requests[0], 'x-correlation-id'), [id], story)
  }
  if (requests.length > 0) seen.add(isDenied ? 'denied' : 'allowed')
}

describe('outbound policy on the wire', { concurrency: 2 }, () => {
  for (const client of ['http anywhere', 'undici anywhere']) {
    it(`${client}: no byte of the ID reaches a host that the oracle denies, in any spelling`, async (t) => {
      const list = [...ALLOW, ...DENY.map((entry) => `!${entry}`)].join(',')
      const outbound = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: list } })
      assert.equal(outbound.app.stderr.includes('CORRELATION_PROPAGATE_TO'), false, outbound.app.stderr)
      const seen = new Set<string>()
      const property = fc.asyncProperty(target, (each) => check(outbound, client, each, seen))
      await fc.assert(property, { numRuns: 250, endOnFailure: true })
      assert.deepEqual([...seen].sort(), ['allowed', 'denied'])
    })
  }

  it('control: with every host allowed the property is false', async (t) => {
    const outbound = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: 'all' } })
    const property = fc.asyncProperty(target, (each) => check(outbound, 'http anywhere', each, new Set()))
    await assert.rejects(fc.assert(property, { numRuns: 100, endOnFailure: true }), /Property failed/)
  })
})
