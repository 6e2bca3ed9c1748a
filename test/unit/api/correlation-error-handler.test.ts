// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import {
  type CorrelationErrorHandlerOptions,
  correlationErrorHandler,
} from '../../../src/api/correlation-error-handler.ts'
import { createRequestState, rememberState } from '../../../src/correlation/request-state.ts'
import { request } from '../../support/http-request.ts'
import { adopted } from '../correlation/decide-cases.ts'

interface Case {
  readonly error: unknown
  readonly options?: CorrelationErrorHandlerOptions
  readonly prepare?: (response: http.ServerResponse) => void
  readonly status: number
  readonly detail?: string
}

const secret = Object.assign(new Error('secret'), { status: 502 })
const shown = Object.assign(new Error('No price.'), { statusCode: 422, expose: true })

const CASES: Readonly<Record<string, Case>> = {
  'a plain error': { error: new Error('secret'), status: 500 },
  'an error with a status': { error: secret, status: 502 },
  'an error that may be shown': { error: shown, status: 422, detail: 'No price.' },
  'an error that may be shown, where nothing is': { error: shown, options: { detail: false }, status: 422 },
  'a status that is no error': { error: { status: 200 }, status: 500 },
  'a status that is no number': { error: { status: '404', statusCode: 404.5 }, status: 500 },
  'a text': { error: 'secret', status: 500 },
  nothing: { error: null, status: 500 },
  'the status of the response': {
    error: new Error('secret'),
    prepare: (response) => {
      response.statusCode = 503
      response.statusMessage = 'All is well'
    },
    status: 503,
  },
  'a body that was meant to be another': {
    error: new Error('secret'),
    prepare: (response) => {
      response.setHeader('content-type', 'text/csv')
      response.setHeader('content-encoding', 'gzip')
      response.setHeader('content-length', 7)
      response.setHeader('etag', '"1"')
    },
    status: 500,
  },
}

async function answer(handle: http.RequestListener) {
  const server = http.createServer((incoming, response) => {
    rememberState(incoming.headers, createRequestState(adopted('a-1'), undefined, undefined))
    handle(incoming, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.close()
  }
}

describe('correlationErrorHandler', () => {
  for (const [title, { error, options, prepare, status, detail }] of Object.entries(CASES)) {
    it(`answers ${title}`, async () => {
      const response = await answer((incoming, outgoing) => {
        prepare?.(outgoing)
        correlationErrorHandler(options)(error, incoming, outgoing, () => assert.fail('next was called'))
      })
      assert.equal(response.status, status)
      assert.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8')
      assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.body)))
      assert.equal(response.headers['content-encoding'], undefined)
      assert.equal(response.headers.etag, undefined)
      assert.deepEqual(JSON.parse(response.body), {
        type: 'about:blank',
        title: http.STATUS_CODES[status],
        status,
        ...(detail === undefined ? {} : { detail }),
        correlation_id: 'a-1',
      })
      assert.ok(!response.body.includes('secret'))
    })
  }

  it('hands the error on once the head was sent', async () => {
    let handed: unknown
    const response = await answer((incoming, outgoing) => {
      outgoing.write('half')
      correlationErrorHandler()(secret, incoming, outgoing, (error) => {
        handed = error
        outgoing.end()
      })
    })
    assert.equal(handed, secret)
    assert.equal(response.body, 'half')
  })

  it('has the four parameters by which Express knows an error handler', () => {
    assert.equal(correlationErrorHandler().length, 4)
  })
})
