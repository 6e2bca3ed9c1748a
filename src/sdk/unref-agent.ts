// SPDX-License-Identifier: Apache-2.0
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'

/** An agent whose sockets do not keep the process alive, not even when they are used again. */
export function unrefAgent(protocol: string): http.Agent {
  const agent = protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true })
  const createConnection = agent.createConnection
  agent.createConnection = function (...args) {
    const socket = createConnection.apply(this, args) as Socket | undefined
    socket?.unref()
    return socket as Socket
  }
  const reuseSocket = agent.reuseSocket
  agent.reuseSocket = function (socket, request) {
    reuseSocket.call(this, socket, request)
    ;(socket as Socket).unref()
  }
  return agent
}
