// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Ports of the loopback interface that nothing listens on, for programs that cannot be told to take any. */
export async function freePorts(count: number): Promise<readonly number[]> {
  // Held together, so that they differ.
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
