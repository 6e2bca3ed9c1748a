// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, inflateSync } from 'node:zlib'
import { decodeOtlp, type SinkLog, type SinkMetric, type SinkSpan } from './otlp-decode.ts'

/** A request as the exporter sent it, to assert that it carries nothing of ours. */
export interface SinkRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  /** On the wire, before decompression. */
  readonly bodyLength: number
}

export interface OtlpSinkOptions {
  /** The status to answer with; 200 by default. What was sent is recorded in every case. */
  readonly status?: number
  /** Called with each request, e.g. to forward it. */
  readonly onRequest?: (request: SinkRequest, body: Buffer) => void
}

/** What a telemetry receiver got so far. The lists grow in the order of arrival. */
export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  readonly port: number
  readonly spans: readonly SinkSpan[]
  readonly logs: readonly SinkLog[]
  /** One entry for each metric in each export: cumulative metrics come again. */
  readonly metrics: readonly SinkMetric[]
  readonly requests: readonly SinkRequest[]
  /** Bodies that were not OTLP. */
  readonly errors: readonly Error[]
  /** Waits until there are `n` spans, or until the predicate holds; fails with what came instead. */
  waitForSpans(wanted: Wanted<SinkSpan>, timeoutMs?: number): Promise<readonly SinkSpan[]>
  waitForLogs(wanted: Wanted<SinkLog>, timeoutMs?: number): Promise<readonly SinkLog[]>
  waitForMetrics(wanted: Wanted<SinkMetric>, timeoutMs?: number): Promise<readonly SinkMetric[]>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** How many, or what must hold for the list. */
export type Wanted<T> = number | ((list: readonly T[]) => boolean)

const DEFAULT_TIMEOUT_MS = 30_000

/** Starts a receiver of OTLP/HTTP, protobuf and JSON, on a free port of the loopback interface. */
export async function startOtlpSink(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const spans: SinkSpan[] = []
  const logs: SinkLog[] = []
  const metrics: SinkMetric[] = []
  const requests: SinkRequest[] = []
  const errors: Error[] = []
  const waiting = new Set<() => void>()
  let closed = false

  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const { url: path = '', headers, rawHeaders } = request
    const received: SinkRequest = { path, headers, rawHeaders, bodyLength: body.length }
    requests.push(received)
    let status = options.status ?? 200
    try {
      const decoded = decodeOtlp(path, headers['content-type'] ?? '', decompress(request, body))
      spans.push(...decoded.spans)
      logs.push(...decoded.logs)
      metrics.push(...decoded.metrics)
    } catch (error) {
      errors.push(error as Error)
      status = 400
    }
    response.writeHead(status, { 'content-type': headers['content-type'] ?? 'text/plain' })
    // An empty protobuf message is zero bytes; an empty JSON one is `{}`.
    response.end(headers['content-type']?.startsWith('application/json') ? '{}' : '')
    options.onRequest?.(received, body)
    for (const check of waiting) check()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  function wait<T>(kind: string, all: readonly T[], wanted: Wanted<T>, show: (item: T) => string, timeoutMs: number) {
    const done = typeof wanted === 'number' ? () => all.length >= wanted : () => wanted(all)
    return new Promise<readonly T[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check)
        const came = all.map((item) => `\n  ${show(item)}`).join('') || ' none'
        const failed = errors.map((error) => `\n  undecodable: ${error.message}`).join('')
        const what = typeof wanted === 'number' ? `${wanted} ${kind}` : `the ${kind} that ${wanted} asks for`
        reject(new Error(`${what} did not come in ${timeoutMs} ms. Came:${came}${failed}`))
      }, timeoutMs)
      function check(): void {
        try {
          if (done()) resolve(all)
          else if (closed) reject(new Error(`The sink was closed while something waited for ${kind}.`))
          else return
        } catch (error) {
          reject(error)
        }
        clearTimeout(timer)
        waiting.delete(check)
      }
      waiting.add(check)
      check()
    })
  }

  async function close(): Promise<void> {
    closed = true
    for (const check of waiting) check()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    spans,
    logs,
    metrics,
    requests,
    errors,
    waitForSpans: (wanted, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      wait(
        'spans',
        spans,
        wanted,
        ({ kind, name, attributes }) => `${kind} ${name} ${JSON.stringify(attributes)}`,
        timeoutMs,
      ),
    waitForLogs: (wanted, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      wait('logs', logs, wanted, ({ body, attributes }) => JSON.stringify({ body, attributes }), timeoutMs),
    waitForMetrics: (wanted, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      wait('metrics', metrics, wanted, ({ name, points }) => `${name} ${JSON.stringify(points)}`, timeoutMs),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function decompress(request: IncomingMessage, body: Buffer): Buffer {
  switch (request.headers['content-encoding']) {
    case 'gzip':
      return gunzipSync(body)
    case 'deflate':
      return inflateSync(body)
    default:
      return body
  }
}
