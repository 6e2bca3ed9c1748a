// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { OtelEnv } from '../../../src/sdk/otel-env.ts'
import { createLogExporter, createTraceExporter } from '../../../src/sdk/otlp.ts'
import { otlpSettings, protocolOf } from '../../../src/sdk/otlp-settings.ts'

interface Seen {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
}

let base = ''
let seen: Seen[] = []
const server = createServer(({ url, headers }, response) => {
  seen.push({ path: url, headers })
  response.end()
})
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => server.close().closeAllConnections())

/** The oracle: where upstream's own exporter, which reads the environment itself, sends an empty batch. */
async function upstream(env: OtelEnv, signal: 'TRACES' | 'LOGS'): Promise<Seen> {
  const saved = process.env
  process.env = { ...saved, ...env }
  seen = []
  try {
    const protocol = protocolOf(env, signal) === 'http/json' ? 'http/json' : 'http/protobuf'
    const exporter = signal === 'TRACES' ? createTraceExporter(protocol) : createLogExporter(protocol)
    await new Promise((resolve) => exporter.export([], resolve))
    await exporter.shutdown()
  } finally {
    process.env = saved
  }
  const [first] = seen
  assert.ok(first !== undefined, 'upstream sent nothing')
  return first
}

describe('otlpSettings', () => {
  const CASES: Readonly<Record<string, (url: string) => OtelEnv>> = {
    'the general endpoint': (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
    'with a slash': (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` }),
    'with a path': (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/base` }),
    'with a path and a slash': (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/base/` }),
    "the signal's endpoint": (url) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/general`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/traces/here`,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/logs/here`,
    }),
    "the signal's endpoint without a path": (url) => ({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url,
    }),
    "the signal's endpoint with a query": (url) => ({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/in?token=1`,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/in?token=1`,
    }),
    headers: (url) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: ' x-a = 1 ,x-b=two%20words,x-c=a=b,,x-d,=x',
    }),
    "the signal's headers": (url) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1,x-b=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-b=2,x-c=3',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-b=2,x-c=3',
    }),
    'a content type of their own': (url) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: 'content-type=text/plain',
    }),
    JSON: (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }),
  }
  const relevant = ({ headers }: Seen) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-') || name === 'content-type'))
  for (const signal of ['TRACES', 'LOGS'] as const) {
    for (const [title, make] of Object.entries(CASES)) {
      it(`sends ${signal.toLowerCase()} where upstream does: ${title}`, async () => {
        const env = make(base)
        const oracle = await upstream(env, signal)
        const protocol = protocolOf(env, signal)
        assert.ok(protocol !== 'grpc')
        const { url, headers } = otlpSettings(env, signal, protocol)
        const { pathname, search } = new URL(url)
        assert.equal(`${pathname}${search}`, oracle.path)
        assert.deepEqual(headers, relevant(oracle))
      })
    }
  }

  it('is the default address where nothing is set', () => {
    assert.equal(otlpSettings({}, 'TRACES', 'http/protobuf').url, 'http://localhost:4318/v1/traces')
  })

  it("reads certificates, the signal's first", (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'otlp-tls-'))
    t.after(() => rmSync(folder, { recursive: true }))
    for (const name of ['ca', 'other', 'cert', 'key']) writeFileSync(path.join(folder, name), `${name} text`)
    const env = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: path.join(folder, 'other'),
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: path.join(folder, 'ca'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path.join(folder, 'cert'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: path.join(folder, 'key'),
    }
    const expected = { ca: 'ca text', cert: 'cert text', key: 'key text' }
    assert.deepEqual(otlpSettings(env, 'TRACES', 'http/protobuf').tls, expected)
    assert.equal(otlpSettings(env, 'LOGS', 'http/protobuf').tls.ca, 'other text')
    assert.deepEqual(otlpSettings({}, 'TRACES', 'http/protobuf').tls, {})
    // What can be sent is sent: a file that is not there is no reason to lose everything at exit.
    const missing = { ...env, OTEL_EXPORTER_OTLP_CLIENT_KEY: path.join(folder, 'none') }
    assert.deepEqual(otlpSettings(missing, 'TRACES', 'http/protobuf').tls, { ca: 'ca text', cert: 'cert text' })
  })
})

describe('protocolOf', () => {
  for (const [env, expected] of [
    [{}, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: ' GRPC ' }, 'grpc'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json'],
    [{ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' }, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' }, 'http/protobuf'],
  ] as const) {
    it(`of ${JSON.stringify(env)} is ${expected}`, () => assert.equal(protocolOf(env, 'TRACES'), expected))
  }
})
