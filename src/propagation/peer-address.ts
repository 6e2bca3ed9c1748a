// SPDX-License-Identifier: Apache-2.0

/** What `Trust.trusts` cannot read, and so trusts only when it trusts everybody. */
const GONE = ''

/** What is read of a `net.Socket`. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
  readonly destroyed: boolean
}

/**
 * The peer's address; `undefined` only for a Unix socket. `remoteAddress` alone is also `undefined` once a TCP peer has reset
 * the connection, which it may do right behind its request (70 of 70, Node 24.21): a stranger would pass for a Unix socket.
 * The local address is still there then, and a Unix socket never has one.
 */
export function peerAddressOf(socket: PeerSocket): string | undefined {
  if (socket.remoteAddress !== undefined) return socket.remoteAddress
  return socket.destroyed || socket.localAddress !== undefined ? GONE : undefined
}
