// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, it } from 'node:test'
import type { Response } from '../support/http-request.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, runApp } from '../support/run-app.ts'

const REQUESTS = 300
const NAMES = Array.from({ length: REQUESTS }, (_, i) => `n${i}`)

interface Traffic {
  /** By the name that each request was given. */
  readonly responses: ReadonlyMap<string, Response>
  readonly logs: readonly LogLine[]
  readonly spans: OtlpSink['spans']
}

/** Every third request brings its own ID. */
const ownIdOf = (name: string) => (Number(name.slice(1)) % 3 === 0 ? `id-of-${name}` : undefined)

async function drive(app: App, sink: OtlpSink): Promise<Traffic> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 40 })
  const responses = new Map<string, Response>()
  await Promise.all(
    NAMES.map(async (name) => {
      const id = ownIdOf(name)
      const headers = id === undefined ? {} : { 'x-correlation-id': id }
      responses.set(name, await app.request(`/walk?name=${name}`, { agent, headers }))
    }),
  )
  agent.destroy()
  const logs = await app.waitForLogs((all) => all.filter(({ message }) => message === 'hop').length === REQUESTS * 5)
  await app.stop()
  return { responses, logs, spans: sink.spans }
}

/** Fails unless each response, log line and span has exactly the ID of its own request. */
function assertNoCrosstalk({ responses, logs, spans }: Traffic): void {
  const ids = new Map([...responses].map(([name, { headers }]) => [name, headers['x-correlation-id'] as string]))
  assert.equal(new Set(ids.values()).size, REQUESTS)
  for (const [name, { status, body }] of responses) {
    assert.equal(status, name.endsWith('7') ? 500 : 200)
    if (status === 500) assert.ok(body.includes(`<code>${ids.get(name)}</code>`), name)
    if (ownIdOf(name) !== undefined) assert.equal(ids.get(name), ownIdOf(name))
  }
  assert.ok(logs.length > REQUESTS * 6, 'the leaves wrote nothing')
  for (const line of logs) assert.equal(line['correlation_id'], ids.get(line['name'] as string), JSON.stringify(line))

  // Five or six spans to a request: its own, and two for each call to itself.
  assert.ok(spans.length > REQUESTS * 3, `only ${spans.length} spans came`)
  const byTrace = new Map<string, Set<unknown>>()
  for (const { traceId, attributes } of spans) {
    byTrace.set(traceId, (byTrace.get(traceId) ?? new Set()).add(attributes['correlation.id']))
    const name = /name=(n\d+)/.exec(String(attributes['url.query'] ?? attributes['url.full']))?.[1] as string
    assert.equal(attributes['correlation.id'], ids.get(name))
  }
  assert.equal(byTrace.size, REQUESTS)
  for (const found of byTrace.values()) assert.equal(found.size, 1)
}

describe('hundreds of concurrent requests', () => {
  it('never see each other’s ID', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'crosstalk.mjs', sink, env: { NODE_ENV: 'production' }, t })
    const traffic = await drive(app, sink)
    assertNoCrosstalk(traffic)

    // Control: the same finds one ID that is another's, wherever it is.
    const first = traffic.logs[0] as LogLine
    const stranger = traffic.logs.find((line) => line['name'] !== first['name']) as LogLine
    const swapped = { ...first, correlation_id: stranger['correlation_id'] }
    assert.throws(() => assertNoCrosstalk({ ...traffic, logs: [swapped, ...traffic.logs.slice(1)] }))
    const [a, ...rest] = traffic.spans
    assert.ok(a)
    const attributes = { ...a.attributes, 'correlation.id': 'another' }
    assert.throws(() => assertNoCrosstalk({ ...traffic, spans: [{ ...a, attributes }, ...rest] }))
    const responses = new Map(traffic.responses)
    responses.set('n1', traffic.responses.get('n2') as Response)
    assert.throws(() => assertNoCrosstalk({ ...traffic, responses }))
  })

  it('control: without the ID in log lines the same fails', async (t) => {
    await using sink = await startOtlpSink()
    const env = { NODE_ENV: 'production', CORRELATION_LOG_FIELD: 'none' }
    const app = await runApp({ fixture: 'crosstalk.mjs', sink, env, t })
    const traffic = await drive(app, sink)
    assert.throws(() => assertNoCrosstalk(traffic), { code: 'ERR_ASSERTION' })
  })
})
