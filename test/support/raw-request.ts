// SPDX-License-Identifier: Apache-2.0
import { connect } from 'node:net'

export interface RawRequestOptions {
  /** Ends the exchange before the server closes: called with everything that came so far. */
  readonly until?: (bytes: Buffer) => boolean
  readonly timeoutMs?: number
}

/**
 * Sends bytes as they are and resolves with every byte that came back until the server closed the connection, so
 * a request that wants no more should say `Connection: close`. The client never half-closes: Node's HTTP server
 * takes that for an abort. Text is sent as Latin-1, one byte a character.
 */
export function rawRequest(port: number, bytes: string | Uint8Array, options: RawRequestOptions = {}): Promise<Buffer> {
  const { until = () => false, timeoutMs = 10_000 } = options
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    })
    const timer = setTimeout(() => {
      reject(new Error(`The server kept the connection for ${timeoutMs} ms. Came:\n${received.toString('latin1')}`))
      socket.destroy()
    }, timeoutMs)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (until(received)) socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A reset after an answer is how Node ends a connection whose request it did not read to the end.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
  })
}
