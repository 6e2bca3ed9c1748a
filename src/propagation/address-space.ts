// SPDX-License-Identifier: Apache-2.0
import { type AddressSet, createAddressSet, parseRange } from './address.ts'

const LOOPBACK = ['127.0.0.0/8', '::1'] as const

/** Our own machine. */
export const LOOPBACK_ADDRESSES = addressSetOf(LOOPBACK)

/**
 * Addresses that the public internet does not route. Link-local (169.254.0.0/16, fe80::/10) is left out on purpose:
 * it is where clouds put their metadata services.
 */
export const INTERNAL_ADDRESSES = addressSetOf([
  ...LOOPBACK,
  // RFC 1918
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // RFC 6598, shared address space: carrier-grade NAT, and many a Kubernetes pod network
  '100.64.0.0/10',
  // RFC 4193, unique local addresses
  'fc00::/7',
])

/** Where clouds answer with credentials: inside the private ranges of their guests, but not of their guests' making. */
export const METADATA_ADDRESSES = addressSetOf([
  // RFC 3927 and RFC 4291: nearly all clouds are at 169.254.169.254, container credentials at 169.254.170.x
  '169.254.0.0/16',
  'fe80::/10',
  // AWS keeps all its link services here: instance metadata ::254, pod identity ::23, DNS ::253
  'fd00:ec2::/32',
  // Google, Oracle, Scaleway, Akamai
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
  'fd00:a9fe:a9fe::1',
  // Alibaba, in the shared address space
  '100.100.100.200',
  // Azure's wire server and Oracle Classic, on public-looking addresses
  '168.63.129.16',
  '192.0.0.192',
])

/** Made of the ranges when it is first asked: most processes never meet an address in a policy, and none while it starts. */
function addressSetOf(ranges: readonly string[]): AddressSet {
  let set: AddressSet | undefined
  return {
    has(address) {
      set ??= createAddressSet(ranges.map(parseRange).filter((range) => range !== undefined))
      return set.has(address)
    },
  }
}
