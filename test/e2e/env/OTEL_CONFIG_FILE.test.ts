// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { ID, oneRequest } from '../../support/one-request.ts'
import { runApp } from '../../support/run-app.ts'

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'otel-config-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'otel.yaml')
  writeFileSync(file, text)
  return file
}

describe('OTEL_CONFIG_FILE', () => {
  it('configures sdk-node; its spans, and the lines, have the ID', async (t) => {
    const { sink, app, response } = await oneRequest(t, ({ url }) => ({
      OTEL_CONFIG_FILE: fileWith(
        t,
        `file_format: '1.0'
resource:
  attributes:
    - name: service.name
      value: from-file
tracer_provider:
  processors:
    - simple:
        exporter:
          otlp_http:
            endpoint: ${url}/v1/traces
`,
      ),
    }))
    assert.equal(response.headers['x-correlation-id'], ID)
    const [line] = await app.waitForLogs(2)
    assert.equal(line?.['correlation_id'], ID)
    const [span] = await sink.waitForSpans(1)
    assert.equal(span?.resource['service.name'], 'from-file')
    assert.equal(span?.attributes['correlation.id'], ID)
    assert.equal(span?.traceId, line?.['trace_id'])
  })

  it("sends winston's records where the file has a logger provider", async (t) => {
    const { sink } = await oneRequest(t, ({ url }) => ({
      OTEL_CONFIG_FILE: fileWith(
        t,
        `file_format: '1.0'
logger_provider:
  processors:
    - simple:
        exporter:
          otlp_http:
            endpoint: ${url}/v1/logs
`,
      ),
    }))
    const [record] = await sink.waitForLogs(1)
    assert.equal(record?.attributes['correlation.id'], ID)
  })

  for (const [title, file] of [
    ['that is not there', () => '/does/not/exist.yaml'],
    ['that is no YAML', (t: TestContext) => fileWith(t, ':\n\t- [')],
  ] as const) {
    it(`with a file ${title} leaves correlation on`, async (t) => {
      const { app, response } = await oneRequest(t, { OTEL_CONFIG_FILE: file(t) })
      assert.equal(response.headers['x-correlation-id'], ID)
      assert.equal((await app.waitForLogs(2))[0]?.['correlation_id'], ID)
      assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
    })
  }

  it('says so where sdk-node cannot be loaded, and leaves correlation on', async (t) => {
    const nodeArgs = ['--require', './test/fixtures/no-sdk-node.cjs']
    const app = await runApp({ fixture: 'http.cjs', nodeArgs, env: { OTEL_CONFIG_FILE: '/any.yaml' }, t })
    const response = await app.request('/', { headers: { 'x-correlation-id': ID } })
    assert.equal(response.headers['x-correlation-id'], ID)
    assert.equal((await app.waitForLogs(2))[0]?.['correlation_id'], ID)
    assert.match(
      app.stderr,
      /^@org\/correlation: the environment asks for a configuration file, .* could not be loaded or started .*; no telemetry is sent, and correlation works without it\.\n$/,
    )
  })
})
