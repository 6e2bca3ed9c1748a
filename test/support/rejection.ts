// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { rawRequest } from './raw-request.ts'
import type { App } from './run-app.ts'
import { UUID_V4 } from './seen.ts'

/** How a client may ask: an answer of ours must be right for each. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  GET: ['GET / HTTP/1.1', 'Connection: close'],
  HEAD: ['HEAD / HTTP/1.1', 'Connection: close'],
  'POST that expects to go on': ['POST / HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 4', 'Connection: close'],
  upgrade: ['GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: x'],
  CONNECT: ['CONNECT other:443 HTTP/1.1'],
}

/** Fails unless requests with these lines are answered 400 as problem+json, in every form, and the application is not asked. */
export async function assertRejected(app: App, lines: readonly string[], detail: RegExp): Promise<void> {
  const before = app.stdout.length
  for (const [form, [start = '', ...own]] of Object.entries(FORMS)) {
    const bytes = [start, 'Host: h', ...own, ...lines, '', ''].join('\r\n')
    const answer = (await rawRequest(app.port, bytes)).toString('latin1')
    // Where nobody listens for the expectation, Node itself says to go on.
    const final = answer.replace('HTTP/1.1 100 Continue\r\n\r\n', '')
    const [head = '', body = ''] = final.split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/, form)
    assert.match(head, /^content-type: application\/problem\+json; charset=utf-8\r?$/im, form)
    const id = /^x-correlation-id: (.*?)\r?$/m.exec(head)?.[1] ?? ''
    assert.match(id, UUID_V4)
    const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1])
    if (form === 'HEAD') {
      assert.equal(body, '')
      continue
    }
    assert.equal(length, body.length)
    const problem = JSON.parse(body) as Record<string, unknown>
    assert.match(String(problem['detail']), detail)
    assert.deepEqual(
      { ...problem, detail: '' },
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: '',
        correlation_id: id,
      },
    )
    for (const value of lines.map((line) => line.slice(line.indexOf(':') + 1).trim())) {
      if (value !== '') assert.ok(!answer.includes(value), value)
    }
  }
  assert.equal(app.stdout.length, before, 'the application was asked')
}
