// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import { context } from '@opentelemetry/api'
import Negotiator from 'negotiator'
import { getId } from '../src/correlation/context.ts'
import type { CorrelationId } from '../src/correlation/id.ts'
import { createProblem } from '../src/correlation/problem.ts'
import { recallState } from '../src/correlation/request-state.ts'
import type { Runtime } from '../src/runtime.ts'

type Done = (this: unknown, error?: unknown) => void
type FinalHandler = (request: IncomingMessage, response: ServerResponse, options?: unknown) => Done
type End = (this: ServerResponse, ...args: unknown[]) => ServerResponse

const HTML = 'text/html'
const TITLE = '<title>Error</title>'
const PROBLEM = 'application/problem+json'
const JSON_TYPES: readonly string[] = [PROBLEM, 'application/json']

/**
 * Puts the ID into the error page of Express 4 and 5. finalhandler has no hook: it builds its page, sets the length and
 * calls `res.end`, so the next `res.end` is where the page can be seen before it leaves.
 */
export function wrapFinalHandler(original: FinalHandler, runtime: Runtime): FinalHandler {
  return function finalhandler(request, response, options) {
    const done = original(request, response, options)
    return function (this: unknown, ...args: [error?: unknown]) {
      try {
        editNextEnd(request, response, runtime)
      } catch {
        // The page goes out as Express made it.
      }
      return done.apply(this, args)
    }
  }
}

function editNextEnd(request: IncomingMessage, response: ServerResponse, runtime: Runtime): void {
  const id = (recallState(request.headers) ?? recallState(request))?.id ?? getId(context.active())
  if (id === undefined || response.headersSent) return
  const hadOwn = Object.hasOwn(response, 'end')
  const original = response.end as unknown as End
  const end: End = function (this: ServerResponse, ...args) {
    if ((response.end as unknown) === end) {
      if (hadOwn) response.end = original as typeof response.end
      else Reflect.deleteProperty(response, 'end')
    }
    let edited = args
    try {
      edited = editPage(request, response, args, id, runtime)
    } catch {
      // As above.
    }
    return original.apply(this, edited)
  }
  response.end = end as typeof response.end
}

function editPage(
  request: IncomingMessage,
  response: ServerResponse,
  args: unknown[],
  id: CorrelationId,
  runtime: Runtime,
): unknown[] {
  if (response.headersSent || !isErrorPage(response)) return args
  const isHead = request.method === 'HEAD'
  const page = args[0]
  if (!isHead && (typeof page !== 'string' || !page.includes(TITLE) || !page.includes('</body>'))) return args

  if (wantsProblem(request, runtime)) {
    const body = `${JSON.stringify(createProblem(response.statusCode, id))}\n`
    response.setHeader('Content-Type', `${PROBLEM}; charset=utf-8`)
    response.setHeader('Content-Length', Buffer.byteLength(body))
    // Two clients get two pages of the same address from here on, and a 404 may be cached.
    appendVary(response)
    return isHead ? args : [body, 'utf8', ...args.slice(2)]
  }
  const line = `<p>Correlation ID: <code>${escapeHtml(id)}</code></p>\n`
  const length = Number(response.getHeader('content-length'))
  // In Express's own spelling: what Node writes is the name as it was set last.
  if (Number.isInteger(length)) response.setHeader('Content-Length', length + Buffer.byteLength(line))
  if (isHead) return args
  const at = (page as string).lastIndexOf('</body>')
  return [(page as string).slice(0, at) + line + (page as string).slice(at), ...args.slice(1)]
}

/** finalhandler waits for the end of the request first: what comes before may be a page of the application's own. */
function isErrorPage(response: ServerResponse): boolean {
  return (
    String(response.getHeader('content-type')).startsWith(HTML) &&
    response.getHeader('content-security-policy') === "default-src 'none'"
  )
}

function appendVary(response: ServerResponse): void {
  const present = String(response.getHeader('vary') ?? '')
  const names = present.split(',').map((name) => name.trim().toLowerCase())
  if (names.includes('*') || names.includes('accept')) return
  response.setHeader('vary', present === '' ? 'Accept' : `${present}, Accept`)
}

/**
 * Express answers HTML to axios' default `Accept` today, and turning that round breaks clients: by default JSON only
 * where the client leaves no room for HTML, with `CORRELATION_ERROR_BODY=problem` wherever it prefers JSON.
 */
function wantsProblem(request: IncomingMessage, runtime: Runtime): boolean {
  if (request.headers.accept === undefined) return false
  const accepted = new Negotiator(request).mediaTypes([HTML, ...JSON_TYPES])
  if (runtime.config.errorBody === 'problem') return accepted[0] !== undefined && accepted[0] !== HTML
  return !accepted.includes(HTML) && accepted.some((type) => JSON_TYPES.includes(type))
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
