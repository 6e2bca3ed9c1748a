// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import type { Response } from './http-request.ts'

/** Fails unless the response is Express's error page with its own ID and the right length. */
export function assertPage(response: Response): void {
  const id = response.headers['x-correlation-id'] as string
  assert.match(String(response.headers['content-type']), /^text\/html/)
  assert.match(response.body, /<pre>.*<\/pre>\n<p>Correlation ID: <code>[^<]+<\/code><\/p>\n<\/body>/s)
  assert.ok(response.body.includes(`<code>${id}</code>`), response.body)
  assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.body)))
}

/** Fails unless the response is problem+json with its own ID and the right length. */
export function assertProblem(response: Response, status: number, more: Readonly<Record<string, unknown>> = {}): void {
  assert.equal(response.status, status)
  assert.match(String(response.headers['content-type']), /^application\/problem\+json/)
  assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.body)))
  const problem = JSON.parse(response.body) as Record<string, unknown>
  assert.equal(problem['status'], status)
  assert.equal(problem['correlation_id'], response.headers['x-correlation-id'])
  for (const [name, value] of Object.entries(more)) assert.equal(problem[name], value)
}

/** Fails if the body says the ID. */
export function assertSilent(response: Response): void {
  const id = response.headers['x-correlation-id'] as string
  assert.ok(id.length > 0)
  assert.ok(!response.body.includes(id), response.body)
  if (response.headers['content-length'] !== undefined) {
    assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.body)))
  }
}
