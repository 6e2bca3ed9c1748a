// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, it } from 'node:test'
import { ENDINGS, type Ending, runToItsEnd } from '../support/exit-app.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'

const TLS = path.join(import.meta.dirname, '../fixtures/collector-tls')
const CERT = path.join(TLS, 'cert.pem')

interface Case {
  readonly title: string
  readonly env: Readonly<Record<string, string>>
  readonly spans: number
}

const CASES: readonly Case[] = [
  { title: 'OTEL_EXPORTER_OTLP_CERTIFICATE', env: { OTEL_EXPORTER_OTLP_CERTIFICATE: CERT }, spans: 2 },
  { title: 'NODE_EXTRA_CA_CERTS', env: { NODE_EXTRA_CA_CERTS: CERT }, spans: 2 },
  { title: 'nothing: nobody knows the certificate', env: {}, spans: 0 },
]

describe('a collector over HTTPS', { concurrency: 2 }, () => {
  for (const { title, env, spans } of CASES) {
    it(`gets ${spans} of 2 spans at process.exit(), by ${title}`, async (t) => {
      await using sink = await startOtlpSink()
      const front = https.createServer(
        { cert: readFileSync(CERT), key: readFileSync(path.join(TLS, 'key.pem')) },
        (req, res) => {
          const { method, url, headers } = req
          const inner = request(`${sink.url}${url}`, { method: method ?? 'POST', headers }, (answer) => {
            res.writeHead(answer.statusCode ?? 500)
            answer.pipe(res)
          })
          req.pipe(inner)
        },
      )
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
      t.after(() => {
        front.closeAllConnections()
        front.close()
      })
      const url = `https://127.0.0.1:${(front.address() as AddressInfo).port}`
      const ending = ENDINGS.find(({ args }) => args[0] === 'exit') as Ending
      const { exit } = await runToItsEnd(ending, { t, sink: { url }, env, requests: 2 })
      assert.deepEqual(exit, ending.exit)
      assert.equal(sink.spans.length, spans)
    })
  }
})
