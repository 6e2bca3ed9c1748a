// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, startOutbound } from '../../support/outbound.ts'

const TRACE_ID = 'a'.repeat(32)

interface Case {
  readonly value: string | undefined
  /** Names of headers that an allowed host gets. */
  readonly sent: readonly string[]
  /** Our baggage entry is read. */
  readonly readsBaggage: boolean
  readonly warns?: boolean
}

const ALL = ['x-correlation-id', 'baggage', 'traceparent', 'b3', 'x-b3-traceid']
const DEFAULT = { sent: ['x-correlation-id', 'baggage', 'traceparent'], readsBaggage: true }

const CASES: Readonly<Record<string, Case>> = {
  unset: { value: undefined, ...DEFAULT },
  'the default by name': { value: 'tracecontext,baggage', ...DEFAULT },
  'with `correlation`': { value: 'correlation,tracecontext,baggage,correlation', ...DEFAULT },
  'without `baggage`': { value: 'tracecontext', sent: ['x-correlation-id', 'traceparent'], readsBaggage: false },
  'only `baggage`': { value: 'baggage', sent: ['x-correlation-id', 'baggage'], readsBaggage: true },
  'only `correlation`': { value: 'correlation', sent: ['x-correlation-id'], readsBaggage: false },
  b3: { value: 'b3,baggage', sent: ['x-correlation-id', 'baggage', 'b3'], readsBaggage: true },
  b3multi: { value: 'b3multi', sent: ['x-correlation-id', 'x-b3-traceid'], readsBaggage: false },
  none: { value: 'none', sent: [], readsBaggage: false },
  'an unknown name': { value: 'tracecontext,baggage,<no>', ...DEFAULT, warns: true },
}

describe('OTEL_PROPAGATORS', { concurrency: 2 }, () => {
  for (const [name, { value, sent, readsBaggage, warns = false }] of Object.entries(CASES)) {
    it(`${name}: ${sent.join(', ') || 'nothing'} outbound, our baggage entry is ${readsBaggage ? '' : 'not '}read`, async (t) => {
      const { app, call } = await startOutbound(t, { env: { OTEL_PROPAGATORS: value, OTEL_LOG_LEVEL: 'warn' } })
      const received = ['X-Correlation-ID', 'id-1', 'TraceParent', `00-${TRACE_ID}-${'b'.repeat(16)}-01`]
      for (const client of ['http.get', 'fetch']) {
        const { requests } = await call({ client, url: 'http://127.0.0.2:{port}/', received })
        const [request] = requests
        assert.ok(request)
        assert.deepEqual(
          ALL.filter((header) => linesOf(request, header).length > 0),
          sent,
          client,
        )
        if (sent.includes('baggage')) assert.deepEqual(linesOf(request, 'baggage'), ['correlation.id=id-1'])
        if (sent.includes('traceparent')) assert.match(request.head, new RegExp(`traceparent: 00-${TRACE_ID}-`))
      }
      // The header works whatever travels besides, and so does the ID of the request itself.
      const headers = ['Baggage', 'correlation.id=from-baggage']
      const response = await app.request('/', { method: 'POST', headers, body: '{}' })
      assert.equal(response.headers['x-correlation-id'] === 'from-baggage', readsBaggage)
      assert.ok(response.headers['x-correlation-id'])
      const said = `${app.stdout.join('\n')}\n${app.stderr}`
      assert.equal(/OTEL_PROPAGATORS/.test(said), warns, said)
      assert.doesNotMatch(said, /<no>/)
    })
  }
})
