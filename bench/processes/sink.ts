// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeOtlp, type SinkSpan } from '../../test/support/otlp-decode.ts'

/**
 * The collector: takes what comes over OTLP/HTTP, in a process of its own, and counts. Bodies are decoded when somebody asks, since decoding would
 * compete with the app for the cores.
 */
let bytes = 0
let requests = 0
let isKeeping = false
let kept: { readonly body: Buffer; readonly contentType: string; readonly isGzip: boolean }[] = []

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks)
    bytes += body.length
    requests += 1
    const contentType = req.headers['content-type'] ?? ''
    if (isKeeping && req.url === '/v1/traces') {
      kept.push({ body, contentType, isGzip: req.headers['content-encoding'] === 'gzip' })
    }
    res.writeHead(200, { 'content-type': contentType })
    res.end(contentType.startsWith('application/json') ? '{}' : undefined)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port })
})

function spansOf({ body, contentType, isGzip }: (typeof kept)[number]): readonly SinkSpan[] {
  return decodeOtlp('/v1/traces', contentType, isGzip ? gunzipSync(body) : body).spans
}

process.on('message', ({ keep }: { readonly keep?: boolean }) => {
  const spans = kept.flatMap(spansOf)
  const routes = spans.filter(({ kind }) => kind === 'SERVER').map(({ attributes }) => attributes['http.route'] ?? null)
  process.send?.({ type: 'seen', bytes, requests, spans: spans.length, routes })
  if (keep === undefined) return
  isKeeping = keep
  bytes = 0
  requests = 0
  kept = []
})
process.on('SIGTERM', () => process.exit(0))
