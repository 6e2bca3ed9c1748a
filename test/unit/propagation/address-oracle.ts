// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check'

/**
 * What the properties compare with: the URL standard's parser (`new URL`) and BigInt arithmetic, nothing of `src`.
 */

export interface OracleAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** The host as the URL standard reads it, without brackets and trailing dot; undefined where it reads none. */
export function urlHostname(host: string): string | undefined {
  const url = URL.parse(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}/`)
  return url?.hostname.replace(/^\[|\]$|\.$/g, '')
}

/** Reads what `urlHostname` returns: dotted decimal, or compressed hexadecimal IPv6. */
export function addressOf(hostname: string): OracleAddress | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) {
    return { bits: 32, value: hostname.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) }
  }
  if (!hostname.includes(':')) return undefined
  const [head = '', tail] = hostname.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  const value = groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value }
}

export function isInBlock(address: OracleAddress, network: OracleAddress, prefix: number): boolean {
  const shift = BigInt(network.bits - prefix)
  return address.bits === network.bits && address.value >> shift === network.value >> shift
}

/** RFC 1918, 6598, 4193 and loopback. */
export function isInternalOracle(address: OracleAddress): boolean {
  const { bits, value } = address
  if (bits === 128) return value === 1n || value >> 121n === 0xfcn >> 1n
  const a = Number(value >> 24n)
  const b = Number((value >> 16n) & 255n)
  return (
    a === 127 || a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >> 6 === 1)
  )
}

export function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
}

export function groups(value: bigint): string {
  return value
    .toString(16)
    .padStart(32, '0')
    .replace(/(.{4})(?=.)/g, '$1:')
}

/** Addresses around the borders that matter, and anywhere. */
export const ipv4 = fc.oneof(
  fc.bigInt(0n, 0xffffffffn),
  fc
    .tuple(
      fc.constantFrom(
        0x7f000000n,
        0x80000000n,
        0x0a000000n,
        0x0b000000n,
        0xac100000n,
        0xac200000n,
        0xc0a80000n,
        0xc0a90000n,
        0x64400000n,
        0x64800000n,
        0xa9fe0000n,
        0xa9ff0000n,
        // metadata hosts: Alibaba, Azure
        0x646464c8n,
        0xa83f8110n,
      ),
      fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt(-3n, 70_000n)),
    )
    .map(([border, step]) => border + step),
)

export const ipv6 = fc.oneof(
  fc.bigInt(0n, (1n << 128n) - 1n),
  fc.bigInt(0n, 3n),
  fc.bigInt(0n, (1n << 121n) - 1n).map((rest) => (0xfcn << 120n) | rest),
  fc.bigInt(-2n, 2n).map((step) => (0xfen << 120n) + step),
  // AWS's block
  fc.bigInt(-2n, 0x254n).map((step) => (0xfd000ec2n << 96n) + step),
)

/** One IPv4 address in any of the spellings that connect to it. */
export function spellIpv4(value: bigint): fc.Arbitrary<string> {
  const digit = (part: bigint) =>
    fc.constantFrom(`${part}`, `0x${part.toString(16)}`, `0X${part.toString(16).toUpperCase()}`, `0${part.toString(8)}`)
  const bytes = [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n) as [bigint, bigint, bigint, bigint]
  return fc.oneof(
    fc.constant(dotted(value)),
    digit(value),
    fc.tuple(...(bytes.map(digit) as [fc.Arbitrary<string>])).map((parts) => parts.join('.')),
    fc.tuple(digit(bytes[0]), digit(value & 0xffffffn)).map((parts) => parts.join('.')),
    fc.tuple(digit(bytes[0]), digit(bytes[1]), digit(value & 0xffffn)).map((parts) => parts.join('.')),
    fc.constantFrom(`::ffff:${dotted(value)}`, `[::FFFF:${dotted(value)}]`, groups((0xffffn << 32n) | value)),
    fc.constant(dotted(value).replace(/\d/g, (d) => String.fromCodePoint(0xff10 + Number(d)))),
  )
}

export function spellIpv6(value: bigint): fc.Arbitrary<string> {
  const full = groups(value)
  const short = full.replace(/(^|:)0{1,3}/g, '$1')
  return fc
    .constantFrom(full, short, full.toUpperCase(), urlHostname(full) ?? full)
    .chain((text) => fc.constantFrom(text, `[${text}]`))
}

/** Lower-case labels that no URL parser takes for a number. */
export const label = fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/).filter((text) => !text.startsWith('xn--'))
export const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))

/** One name in any case, with and without its trailing dot, partly in full-width letters. */
export function spellName(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(fc.nat(2), { minLength: text.length, maxLength: text.length }), fc.constantFrom('', '.'))
    .map(([choices, dot]) => [...text].map((char, i) => spellChar(char, choices[i] ?? 0)).join('') + dot)
}

function spellChar(char: string, choice: number): string {
  if (choice === 1) return char.toUpperCase()
  return choice === 2 && /[a-z]/.test(char) ? String.fromCodePoint(char.charCodeAt(0) + 0xfee0) : char
}

export const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined })
