// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

export interface RawSinkRequest {
  /** Request line and header lines as they were sent, without the empty line at the end. */
  readonly head: string
  /** As it was sent, i.e. with its chunk sizes if it is chunked. */
  readonly body: string
}

export interface RawSink {
  readonly port: number
  readonly url: string
  /** Every byte of every connection, in the order of arrival. */
  readonly bytes: Buffer
  readonly requests: readonly RawSinkRequest[]
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The answer of a third party that has nothing to say. */
export const RAW_OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'

/** The answer that sends a client elsewhere. */
export function rawRedirect(location: string, status = 302): string {
  return `HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
}

export interface RawSinkOptions {
  /** By default 127.0.0.1; `::` takes connections to every loopback address and name. */
  readonly host?: string
  /** The bytes are recorded as they are after decryption. */
  readonly tls?: TlsOptions
}

/**
 * Starts a server that records the exact bytes it is sent and answers each request with the given text. It closes
 * the connection after each answer, so that one connection is one request.
 */
export async function startRawSink(
  answer: string | ((request: RawSinkRequest) => string) = RAW_OK,
  { host = '127.0.0.1', tls }: RawSinkOptions = {},
): Promise<RawSink> {
  const chunks: Buffer[] = []
  const requests: RawSinkRequest[] = []
  const sockets = new Set<Socket>()
  const onConnection = (socket: Socket) => {
    let received = ''
    let continued = false
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that gives up is part of what is tested; its bytes are recorded.
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      received += chunk.toString('latin1')
      const request = completeRequest(received)
      if (request !== undefined) {
        received = ''
        requests.push(request)
        socket.end(typeof answer === 'string' ? answer : answer(request))
      } else if (!continued && received.includes('\r\n\r\n') && /\r\nexpect: *100-continue\r\n/i.test(received)) {
        continued = true
        socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      }
    })
  }
  const server = tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection)
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get bytes() {
      return Buffer.concat(chunks)
    },
    requests,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The request, once its body is complete. */
function completeRequest(received: string): RawSinkRequest | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = received.slice(0, end)
  const body = received.slice(end + 4)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  const chunked = /\r\ntransfer-encoding: *chunked/i.test(head)
  const complete = chunked ? /(^|\r\n)0\r\n([^\r\n]+\r\n)*\r\n$/.test(body) : body.length >= length
  return complete ? { head, body } : undefined
}
