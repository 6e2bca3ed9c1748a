// SPDX-License-Identifier: Apache-2.0
import type { SinkRequest } from '../../test/support/otlp-sink.ts'

export interface OtlpForwarder {
  forward(request: SinkRequest, body: Buffer): void
  /** Resolves when everything handed over was sent; returns what went wrong, each reason once. */
  settled(): Promise<readonly string[]>
}

/** These belong to the connection with the service, not to the one with the collector. */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
])

const TIMEOUT_MS = 3_000

/** Sends OTLP requests on, byte for byte, to the collector or Jaeger that the user named. */
export function createOtlpForwarder(endpoint: string): OtlpForwarder {
  const sent: Promise<void>[] = []
  const problems = new Set<string>()

  async function send({ path, headers }: SinkRequest, body: Buffer): Promise<void> {
    try {
      const kept = Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)) as [string, string][]
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const url = `${endpoint.replace(/\/$/, '')}${path}`
      const answer = await fetch(url, { method: 'POST', headers: kept, body: new Uint8Array(body), signal })
      if (!answer.ok) problems.add(`${path} was answered with ${answer.status}`)
    } catch (error) {
      const { message, cause } = error as Error
      problems.add(cause instanceof Error ? `${message} (${cause.message})` : message)
    }
  }

  return {
    forward: (request, body) => {
      sent.push(send(request, body))
    },
    settled: async () => {
      await Promise.all(sent)
      return [...problems]
    },
  }
}
