// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below what Linux takes for outgoing connections (`ip_local_port_range`): one of those would be in use again before the program starts. */
const FIRST = 10_240
const LAST = 32_767
const TRIES = 100

/** Ports of the loopback interface that nothing listens on, for programs that cannot be told to take any. */
export async function freePorts(count: number): Promise<readonly number[]> {
  // Held together, so that they differ.
  const held = new Map<number, Server>()
  for (let tries = 0; held.size < count; tries++) {
    if (tries === TRIES * count) throw new Error(`No ${count} free ports from ${FIRST} to ${LAST} were found.`)
    const port = randomInt(FIRST, LAST + 1)
    const server = await listenAt(port)
    if (server !== undefined) held.set(port, server)
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))))
  return [...held.keys()]
}

async function listenAt(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}
