// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ID, oneRequest, sentAtEnd } from '../../support/one-request.ts'
import { startOtlpSink } from '../../support/otlp-sink.ts'
import { runApp } from '../../support/run-app.ts'

describe('OTEL_LOGS_EXPORTER', () => {
  for (const value of [undefined, 'none', 'otlp,none', 'nonsense']) {
    it(`${value} sends no records`, async (t) => {
      const one = await oneRequest(t, { OTEL_LOGS_EXPORTER: value })
      assert.deepEqual(await sentAtEnd(one), { '/v1/traces': 1 })
    })
  }

  for (const [title, env] of Object.entries({
    'otlp, by protobuf': {},
    'otlp, by JSON': { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json' },
  })) {
    it(`${title}, sends what the formats made, with trace and ID, and changes nothing that an app can see`, async (t) => {
      const { app, sink, response } = await oneRequest(
        t,
        { OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: '20', ...env },
        { fixture: 'winston-otlp.cjs' },
      )
      assert.deepEqual(JSON.parse(response.body), { transports: 1, isInfoEnabled: false, added: 2 })
      const records = await sink.waitForLogs((all) => all.some(({ body }) => body === 'after clear'))
      const [, line] = app.logs
      assert.deepEqual(
        records.map(({ body, severityText, attributes, traceId }) => [
          body,
          severityText,
          attributes['correlation.id'],
          traceId !== undefined && traceId === (line?.['trace_id'] ?? traceId),
        ]),
        [
          ['outside', 'info', undefined, false],
          ['card ****', 'warn', ID, true],
          ['failed', 'error', ID, true],
          ['cloned', 'info', ID, true],
          ['cycle', 'info', ID, true],
          ['after clear', 'info', ID, true],
        ],
      )
      const [, card, failed, , cycle] = records
      assert.deepEqual(card?.attributes, { 'correlation.id': ID, amount: 12, paid: true, items: '["a","b"]' })
      assert.match(String(failed?.attributes['stack']), /^Error: failed\n/)
      assert.match(String(cycle?.attributes['cycle']), /Circular/)
      assert.equal(card?.scope.name, '@org/correlation/winston')
      assert.deepEqual(sink.errors, [])
    })
  }

  it('otlp sends what is left when the process exits', async (t) => {
    const env = { OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: '600000' }
    const { app, sink } = await oneRequest(t, env, { fixture: 'winston-otlp.cjs' })
    await app.request('/exit').catch(() => undefined)
    await app.exited
    assert.ok(sink.logs.some(({ body, attributes }) => body === 'after clear' && attributes['correlation.id'] === ID))
  })

  it('otlp sends the one line of a script, once, and lets it end', async (t) => {
    await using sink = await startOtlpSink()
    const env = { OTEL_LOGS_EXPORTER: 'otlp' }
    const app = await runApp({ fixture: 'script-log.cjs', serve: false, sink, env, t })
    assert.deepEqual(await app.exited, { code: 0, signal: null })
    assert.deepEqual(
      sink.logs.map(({ body }) => body),
      ['from a script'],
    )
  })

  it('otlp beside an exporter that needs sdk-node sends records with the ID as well', async (t) => {
    const env = {
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://127.0.0.1:1',
    }
    const { app, sink } = await oneRequest(t, env)
    await app.stop()
    assert.deepEqual(
      sink.logs.map(({ body, attributes }) => [body, attributes['correlation.id']]),
      [
        ['first line', ID],
        ['second line', ID],
      ],
    )
  })

  it('console prints records beside the lines', async (t) => {
    const { app } = await oneRequest(t, { OTEL_LOGS_EXPORTER: 'console' })
    await app.stop()
    assert.match(app.stdout.join('\n'), /body: 'first line'[\s\S]*'correlation\.id': 'env-1'/)
  })
})
