// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Decision, Reason } from '../src/correlation/decide.ts'
import { createProblem } from '../src/correlation/problem.ts'

const DETAILS: Partial<Record<Reason, string>> = {
  missing: 'The request has no correlation ID, and this service requires one.',
  malformed: 'The correlation ID of the request is not well-formed.',
  too_long: 'The correlation ID of the request is too long.',
  conflict: 'The request has more than one correlation ID.',
}

/** Answers 400 as RFC 9457 problem+json with the generated ID, instead of the application. */
export function rejectRequest(response: ServerResponse, decision: Decision): void {
  const body = bodyOf(decision)
  response.writeHead(400, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** The same for an upgrade, which has no response object. */
export function rejectUpgrade(socket: Duplex, decision: Decision, responseHeader: string | undefined): void {
  const body = bodyOf(decision)
  // Node has taken its own listeners off: a client that resets the connection now would end the process.
  socket.on('error', () => {})
  // It also left the socket half-open: a client that never says goodbye would keep it.
  socket.once('finish', () => socket.destroy())
  const echo = responseHeader === undefined ? '' : `${responseHeader}: ${decision.id}\r\n`
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${echo}connection: close\r\n\r\n${body}`,
  )
}

function bodyOf(decision: Decision): string {
  return JSON.stringify(createProblem(400, decision.id, DETAILS[decision.reason]))
}
