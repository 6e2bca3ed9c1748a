// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { buildSync } from 'esbuild'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const LIMITS = /^## Limits\n([\s\S]*?)^## /m.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8'))?.[1] ?? ''

interface Limit {
  /** A part of the README's sentence. */
  readonly says: string
  readonly script: string
  readonly env?: Readonly<Record<string, string>>
  readonly prints: readonly string[]
}

const SCRIPTS: readonly Limit[] = [
  {
    says: 'HTTP/2',
    script: `
      import http2 from 'node:http2'
      import { getCorrelationId } from '@org/correlation'
      const server = http2.createServer((req, res) => res.end(String(getCorrelationId())))
      server.listen(0, '127.0.0.1', () => {
        const client = http2.connect('http://127.0.0.1:' + server.address().port)
        const request = client.request({ ':path': '/', 'x-correlation-id': 'order-4711' })
        request.on('response', (headers) => console.log(headers['x-correlation-id']))
        request.setEncoding('utf8').on('data', (body) => console.log(body)).on('end', () => { client.close(); server.close() })
      })`,
    prints: ['undefined', 'undefined'],
  },
  {
    says: '`withCorrelationId` and `withExtractedCorrelation` put an ID there by hand',
    script: `
      import { getCorrelationId, withExtractedCorrelation } from '@org/correlation'
      withExtractedCorrelation({ 'x-correlation-id': 'order-4711' }, () => console.log(getCorrelationId()))`,
    prints: ['order-4711'],
  },
  {
    says: '`winston.format.printf` has to name `correlation_id`',
    script: `
      import winston from 'winston'
      import { withCorrelationId } from '@org/correlation'
      const { format, transports: { Console } } = winston
      const logger = (print) => winston.createLogger({ format: format.printf(print), transports: [new Console()] })
      withCorrelationId('order-4711', () => {
        logger(({ level, message }) => level + ' ' + message).info('sold')
        logger(({ message, correlation_id }) => correlation_id + ' ' + message).info('sold')
      })`,
    prints: ['info sold', 'order-4711 sold'],
  },
  {
    says: '`console.log` is not touched',
    script: `
      import { withCorrelationId } from '@org/correlation'
      withCorrelationId('order-4711', () => console.log('sold'))`,
    prints: ['sold'],
  },
  {
    says: '`socketPath`',
    script: `
      import http from 'node:http'
      import { tmpdir } from 'node:os'
      import { withCorrelationId } from '@org/correlation'
      function send(where, options) {
        const server = http.createServer((req, res) => res.end()).listen(where, () => withCorrelationId('order-4711', () => {
          const request = http.get(options(server), (res) => {
            console.log(request.getHeader('x-correlation-id'))
            res.resume().on('end', () => server.close())
          })
        }))
        return new Promise((resolve) => server.on('close', resolve))
      }
      const socketPath = tmpdir() + '/correlation-' + process.pid + '.sock'
      await send(socketPath, () => ({ socketPath, agent: false }))
      await send({ port: 0, host: '127.0.0.1' }, (server) => ({ port: server.address().port, host: '127.0.0.1', agent: false }))`,
    prints: ['undefined', 'order-4711'],
  },
  {
    says: 'is reported',
    script: 'console.log("started")',
    env: { CORRELATION_TRUSTED: 'all' },
    prints: ['started', '! CORRELATION_TRUSTED is no variable of ours'],
  },
  {
    says: 'it stops the start',
    script: 'console.log("started")',
    env: { CORRELATION_TRUSTED: 'all', CORRELATION_STRICT: 'true' },
    prints: ['! CORRELATION_STRICT is on, so the application is not started'],
  },
]

let folder: string
before(() => {
  mkdirSync(path.join(ROOT, '.cache'), { recursive: true })
  folder = mkdtempSync(path.join(ROOT, '.cache/limits-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe("the README's limits", () => {
  for (const [i, { says, script, env = {}, prints }] of SCRIPTS.entries()) {
    it(`are as written: ${says}`, async () => {
      assert.ok(LIMITS.includes(says), 'the README says so')
      const fixture = path.join(folder, `${i}.mjs`)
      writeFileSync(fixture, script)
      const app = await runApp({ fixture, serve: false, env: { OTEL_TRACES_EXPORTER: 'none', ...env } })
      assert.deepEqual(
        app.stdout,
        prints.filter((line) => !line.startsWith('! ')),
        app.stderr,
      )
      for (const line of prints.filter((each) => each.startsWith('! '))) assert.ok(app.stderr.includes(line.slice(2)))
    })
  }

  it('are as written: Bundled apps', async (t) => {
    const fixture = path.join(folder, 'bundle.cjs')
    const entryPoints = [path.join(ROOT, 'test/fixtures/express5.mjs')]
    buildSync({ entryPoints, outfile: fixture, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture, sink, t })
    const headers = { 'x-correlation-id': 'order-4711' }
    const answer = await app.request(`/fetch?url=${encodeURIComponent(`${app.url}/`)}`, { headers })
    const [first] = await app.waitForLogs(3)
    const spans = await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length === 2)
    const page = await app.request('/throw', { headers })
    // What a bundle loses:
    assert.equal(first?.['correlation_id'], undefined)
    assert.ok(!page.body.includes('order-4711'))
    for (const span of spans) assert.equal(span.attributes['http.route'], undefined)
    // And the rest, which works:
    assert.equal(answer.headers['x-correlation-id'], 'order-4711')
    assert.ok(answer.body.includes('order-4711'), answer.body)
    for (const span of spans) assert.equal(span.attributes['correlation.id'], 'order-4711')
  })
})
