// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http'
import { type Attributes, type Histogram, type Span, SpanStatusCode } from '@opentelemetry/api'

/** The span and the duration of one outbound call. Whatever comes first ends it; what comes after is not heard. */
export class ClientSpan {
  readonly span: Span
  readonly #durations: Histogram | undefined
  readonly #metric: Attributes | undefined
  readonly #started: number
  #isEnded = false

  constructor(span: Span, durations: Histogram | undefined, attributes: Attributes | undefined) {
    this.span = span
    this.#durations = durations
    this.#started = durations === undefined ? 0 : performance.now()
    this.#metric =
      durations === undefined || attributes === undefined
        ? undefined
        : {
            'http.request.method': attributes['http.request.method'],
            'server.address': attributes['server.address'],
            'server.port': attributes['server.port'],
          }
  }

  /** Headers that are serialised in the constructor come before the agent, which alone is told the port. */
  locate(port: number, url: string): void {
    this.span.setAttributes({ 'server.port': port, 'url.full': url })
    if (this.#metric !== undefined) this.#metric['server.port'] = port
  }

  /** The head of the response has come. */
  respond({ statusCode, socket, httpVersion }: IncomingMessage): void {
    const attributes: Attributes = { 'http.response.status_code': statusCode }
    if (socket) {
      attributes['network.peer.address'] = socket.remoteAddress
      attributes['network.peer.port'] = socket.remotePort
      attributes['network.protocol.version'] = httpVersion
    }
    this.span.setAttributes(attributes)
    if (this.#metric === undefined) return
    if (socket) this.#metric['network.protocol.version'] = httpVersion
    this.#metric['http.response.status_code'] = statusCode
    if (isErrorStatus(statusCode)) this.#metric['error.type'] = String(statusCode)
  }

  /** The response was read to its end. */
  complete({ statusCode, aborted, complete }: IncomingMessage): void {
    if (this.#isEnded) return
    if (aborted && !complete) {
      this.span.setStatus({ code: SpanStatusCode.ERROR })
    } else if (statusCode === undefined || statusCode < 100 || statusCode >= 400) {
      this.span.setStatus({ code: SpanStatusCode.ERROR })
      if (isErrorStatus(statusCode)) this.span.setAttribute('error.type', String(statusCode))
    }
    this.end()
  }

  fail(error: Error): void {
    if (this.#isEnded) return
    this.span.setAttribute('error.type', error.name)
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
    this.span.recordException(error)
    if (this.#metric !== undefined) this.#metric['error.type'] = error.name
    this.end()
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.span.end()
    if (this.#metric !== undefined) this.#durations?.record((performance.now() - this.#started) / 1000, this.#metric)
  }
}

function isErrorStatus(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 600
}
