// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { context } from '@opentelemetry/api'
import { getId } from '../correlation/context.ts'
import { createProblem } from '../correlation/problem.ts'
import { recallState } from '../correlation/request-state.ts'

/** Options of {@link correlationErrorHandler}. */
export interface CorrelationErrorHandlerOptions {
  /**
   * Whether the message of an error that says it may be shown (`expose`, as http-errors sets it) becomes the `detail`.
   * @defaultValue `true`
   */
  readonly detail?: boolean
}

interface HttpError {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly expose?: unknown
  readonly message?: unknown
}

/**
 * Makes an Express error handler that answers `application/problem+json` (RFC 9457) with the correlation ID.
 *
 * @remarks
 * The message of an error is shown only where the error says so; a stack never is. Once the head of a response was sent the
 * error goes to Express's own handler, which closes the connection.
 *
 * @param options - See {@link CorrelationErrorHandlerOptions}.
 * @returns the middleware; it belongs behind all others.
 *
 * @example
 * ```js
 * import express from 'express'
 * import { correlationErrorHandler } from '@org/correlation'
 *
 * const app = express()
 * app.get('/', () => { throw new Error('no') })
 * app.use(correlationErrorHandler())
 * ```
 *
 * @public
 */
export function correlationErrorHandler(
  options: CorrelationErrorHandlerOptions = {},
): (error: unknown, request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  const showsDetail = options.detail ?? true
  // Express knows an error handler by its four parameters.
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const httpError = (typeof error === 'object' && error !== null ? error : {}) as HttpError
    const status = statusOf(httpError, response)
    const detail = showsDetail && httpError.expose === true ? String(httpError.message) : undefined
    const id = (recallState(request.headers) ?? recallState(request))?.id ?? getId(context.active())
    const body = JSON.stringify(createProblem(status, id, detail))
    response.statusCode = status
    response.statusMessage = STATUS_CODES[status] ?? ''
    // What was set for the body that the handler meant to send.
    for (const name of ['content-encoding', 'content-language', 'content-range', 'etag', 'last-modified']) {
      response.removeHeader(name)
    }
    response.setHeader('content-type', 'application/problem+json; charset=utf-8')
    response.setHeader('content-length', Buffer.byteLength(body))
    response.end(body)
  }
}

/** As Express's own handler: the error's status, or else the one that was set on the response. */
function statusOf({ status, statusCode }: HttpError, response: ServerResponse): number {
  for (const candidate of [status, statusCode, response.statusCode]) {
    if (typeof candidate === 'number' && Number.isInteger(candidate) && candidate >= 400 && candidate <= 599) {
      return candidate
    }
  }
  return 500
}
