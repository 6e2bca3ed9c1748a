// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type RunAppOptions, runApp } from '../support/run-app.ts'
import { ROUTE_CASES } from './routes-cases.ts'

const UPSTREAM = ['--require', path.join(import.meta.dirname, '../fixtures/upstream-spans.cjs')]

/** Sends the requests of all cases, and returns name, route and status of each server span. */
async function serve(options: Pick<RunAppOptions, 'fixture' | 'preload' | 'nodeArgs'>, t: TestContext) {
  await using sink = await startOtlpSink()
  const app = await runApp({ ...options, env: { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }, sink, t })
  for (const { request } of ROUTE_CASES) {
    const [method = '', target = ''] = request.split(' ')
    await app.request(target, { method })
  }
  const spans = await sink.waitForSpans(
    (all) => all.filter(({ kind }) => kind === 'SERVER').length === ROUTE_CASES.length,
  )
  return spans
    .filter(({ kind }) => kind === 'SERVER')
    .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
    .map(({ name, attributes }, i) => ({
      request: ROUTE_CASES[i]?.request,
      name,
      route: attributes['http.route'],
      status: attributes['http.response.status_code'],
    }))
}

const expected = (isFive: boolean, isUpstream: boolean) =>
  ROUTE_CASES.map(({ request, route, route4, status = 200, upstream }) => {
    const own = isFive ? route : (route4 ?? route)
    const said = isUpstream && upstream !== undefined ? upstream.route : own
    const method = request.slice(0, request.indexOf(' '))
    return { request, name: said === undefined ? method : `${method} ${said}`, route: said, status }
  })

for (const [directory, isFive] of [
  ['', true],
  ['express4/', false],
] as const) {
  describe(`the route of the server span with Express ${isFive ? 5 : 4}`, () => {
    for (const fixture of ['routes.cjs', 'routes.mjs']) {
      it(`is what the table says, in ${fixture}`, async (t) => {
        assert.deepEqual(await serve({ fixture: `${directory}${fixture}` }, t), expected(isFive, false))
      })
    }

    it("is upstream's, but for the rows that say why it is not", async (t) => {
      const spans = await serve({ fixture: `${directory}routes.cjs`, preload: 'none', nodeArgs: UPSTREAM }, t)
      assert.deepEqual(spans, expected(isFive, true))
    })
  })
}
