// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { OtlpSettings } from './otlp-settings.ts'

interface Input {
  readonly timeoutMs: number
  readonly requests: readonly (OtlpSettings & {
    /** In base64. */
    readonly body: string
  })[]
}

/** The program that `sendAtExit` starts: it posts what stands on its standard input, once, and ends. */
const { timeoutMs, requests } = JSON.parse(readFileSync(0, 'utf8')) as Input
// Who waits for this may be killed; a collector that never answers must not keep it for ever.
setTimeout(() => process.exit(1), timeoutMs).unref()
for (const each of requests) {
  try {
    post(each)
  } catch {
    // An address that is none; the others are sent all the same.
    process.exitCode = 1
  }
}

function post({ url, headers, tls, body }: Input['requests'][number]): void {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  const bytes = Buffer.from(body, 'base64')
  const request = send(url, { method: 'POST', headers: { ...headers, 'content-length': bytes.length }, ...tls })
  request.on('response', (response) => response.resume())
  request.on('error', () => {
    process.exitCode = 1
  })
  request.end(bytes)
}
