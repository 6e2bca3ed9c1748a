// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertPage, assertProblem } from '../support/error-page.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type App, runApp } from '../support/run-app.ts'

const PATHS: Readonly<Record<string, number>> = {
  '/': 200,
  '/missing': 404,
  '/throw': 500,
  '/reject': 500,
  '/redirect': 302,
  '/router/page': 200,
  '/router/throw': 500,
  '/router/missing': 404,
  '/sub/router/page': 200,
  '/sub/router/throw': 500,
  '/sub/missing': 404,
  '/own-page': 500,
  '/json-error': 409,
}

async function assertHeader(app: App): Promise<void> {
  for (const [path, status] of Object.entries(PATHS)) {
    for (const method of ['GET', 'HEAD']) {
      const response = await app.request(path, { method, headers: { 'x-correlation-id': 'a-1' } })
      assert.equal(response.status, status, path)
      assert.equal(response.headers['x-correlation-id'], 'a-1', `${method} ${path}`)
    }
  }
  const { body, headers } = await app.request('/')
  assert.equal(body, 'ok')
  const etag = headers.etag as string
  const unchanged = await app.request('/', { headers: { 'x-correlation-id': 'a-1', 'if-none-match': etag } })
  assert.equal(unchanged.status, 304)
  assert.equal(unchanged.headers['x-correlation-id'], 'a-1')
  const aborted = await rawRequest(app.port, 'GET /abort HTTP/1.1\r\nHost: h\r\nx-correlation-id: a-1\r\n\r\n')
  assert.match(aborted.toString(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*x-correlation-id: a-1\r\n[\s\S]*half/)
}

for (const fixture of ['server/express5.cjs', 'server/express5.mjs', 'express4/server.cjs']) {
  describe(`responses of ${fixture}`, () => {
    it('carry the header, whatever becomes of the request', async (t) => {
      const app = await runApp({ fixture, env: { OTEL_TRACES_EXPORTER: 'none' }, t })
      await assertHeader(app)
      assertPage(await app.request('/throw'))
    })

    it('keep the value that the application set', async (t) => {
      const app = await runApp({ fixture, env: { OTEL_TRACES_EXPORTER: 'none' }, t })
      const { rawHeaders } = await app.request('/own', { headers: { 'x-correlation-id': 'a-1' } })
      const names = rawHeaders.filter((text, i) => i % 2 === 0 && /^x-correlation-id$/i.test(text))
      assert.deepEqual(names, ['X-Correlation-ID'])
      assert.equal(rawHeaders[rawHeaders.indexOf('X-Correlation-ID') + 1], 'own')
    })

    it('are problem details by correlationErrorHandler()', async (t) => {
      const app = await runApp({ fixture, env: { OTEL_TRACES_EXPORTER: 'none', CORRELATION_ERROR_BODY: 'off' }, t })
      assertProblem(await app.request('/handled/throw'), 422, { detail: 'shown' })
      assertProblem(await app.request('/handled/hidden'), 500, { detail: undefined })
    })

    it('have a server span with the route and the ID', async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture, sink, t })
      await app.request('/router/page', { headers: { 'x-correlation-id': 'a-1' } })
      const [span] = await sink.waitForSpans(1)
      assert.equal(span?.name, 'GET /router/page')
      assert.equal(span?.attributes['http.route'], '/router/page')
      assert.equal(span?.attributes['correlation.id'], 'a-1')
    })

    it('control: without the header’s name the same finds none', async (t) => {
      const app = await runApp({ fixture, env: { CORRELATION_RESPONSE_HEADER: 'none' }, t })
      await assert.rejects(assertHeader(app), { code: 'ERR_ASSERTION' })
    })
  })
}
