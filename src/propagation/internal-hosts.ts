// SPDX-License-Identifier: Apache-2.0
import { INTERNAL_ADDRESSES, METADATA_ADDRESSES } from './address-space.ts'
import type { Host } from './host.ts'

/**
 * Domains that public DNS does not delegate, or that only a cluster's own DNS answers. A name matches below them;
 * the bare word is a single label, and internal as such.
 */
const INTERNAL_DOMAINS = [
  // RFC 6761 and RFC 6762
  '.localhost',
  '.local',
  // ICANN board resolution 2024.07.29.06 keeps it for private use
  '.internal',
  // RFC 8375
  '.home.arpa',
  // Kubernetes and Consul
  '.svc',
  '.cluster.local',
  '.consul',
  // Customary in offices; ICANN will not delegate `.corp`
  '.lan',
  '.corp',
] as const

/** Names under which clouds serve credentials to their guests; some are single labels or end in `.internal`. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.azure.com',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'instance-data',
  'instance-data.ec2.internal',
  'rancher-metadata',
])

/** AWS outside its first region: `instance-data.<region>.compute.internal`. */
const METADATA_NAME = /^instance-data\.[a-z0-9-]+\.compute\.internal$/

/** Whether the host is by its own name or address inside the private network. Names are not resolved. */
export function isInternalHost(host: Host): boolean {
  if (isMetadataHost(host)) return false
  if (host.kind === 'address') return INTERNAL_ADDRESSES.has(host.address)
  const { name } = host
  return !name.includes('.') || INTERNAL_DOMAINS.some((domain) => name.endsWith(domain))
}

/** Whether the host is a cloud's metadata service, or link-local as most of them are. */
export function isMetadataHost(host: Host): boolean {
  if (host.kind === 'address') return METADATA_ADDRESSES.has(host.address)
  return METADATA_NAMES.has(host.name) || METADATA_NAME.test(host.name)
}
