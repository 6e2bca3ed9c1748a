// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type RunAppOptions, runApp } from '../support/run-app.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const UPSTREAM = ['--require', path.join(ROOT, 'test/fixtures/upstream-spans.cjs')]
const OURS = ['--require', path.join(ROOT, 'register.cjs')]
const EXPRESSES = [
  [5, '.'],
  [4, 'express4'],
] as const

/** Runs a server, sends it the requests, and returns the spans as `kind name status`, sorted, those of requests first. */
async function spansOf(
  options: RunAppOptions,
  targets: readonly string[],
  t: TestContext,
  look?: (app: App) => unknown,
) {
  await using sink = await startOtlpSink()
  const app = await runApp({ ...options, sink, t })
  const statuses: unknown[] = []
  for (const target of targets) statuses.push((await app.request(target)).status)
  await look?.(app)
  await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length >= targets.length)
  await app.stop()
  const named = (kind: string) => sink.spans.filter((span) => span.kind === kind).map(({ name }) => name)
  return { statuses, server: named('SERVER').sort(), others: named('INTERNAL').sort() }
}

const beside = (folder: string, variant: string) => ({ fixture: 'routes-beside.cjs', args: [folder, variant] })

for (const [version, folder] of EXPRESSES) {
  describe(`the route with Express ${version}`, () => {
    it('is that of the second application where the first one declined', async (t) => {
      const seen = await spansOf(
        beside(folder, 'plain'),
        ['/v2/things/1', '/api-docs/1', '/api/none', '/api/items/1'],
        t,
      )
      assert.deepEqual(seen, {
        statuses: [200, 200, 404, 200],
        server: ['GET /api', 'GET /api-docs/:id', 'GET /api/items/:id', 'GET /v2/things/:id'],
        others: [],
      })
    })

    it('leaves the layers as they look to the application', async (t) => {
      const expected = { isOwn: true, isInstance: true, isPatched: true, hidden: 0, length: 3, name: 'Layer' }
      await spansOf(beside(folder, 'plain'), ['/layer'], t, async (app) => {
        assert.deepEqual(JSON.parse((await app.request('/layer')).body), expected)
      })
    })

    it('is there beside a library that wraps the handlers of all layers', async (t) => {
      const seen = await spansOf(beside(folder, 'async errors'), ['/api/items/1', '/api/fails'], t)
      assert.deepEqual(seen.statuses, [200, 503])
      assert.deepEqual(seen.server, ['GET /api/fails', 'GET /api/items/:id'])
    })

    it("is there beside the application's own instrumentation, whose spans come once", async (t) => {
      const seen = await spansOf(beside(folder, 'own instrumentation'), ['/api/items/1'], t)
      assert.deepEqual(seen.server, ['GET /api/items/:id'])
      assert.equal(seen.others.filter((name) => name === 'middleware - handler').length, 1)
      assert.equal(seen.others.filter((name) => name.startsWith('request handler')).length, 1)
    })

    it('is there beside another SDK, started before or after, and the spans are what they are without us', async (t) => {
      const run = (nodeArgs: readonly string[], variant: string) =>
        spansOf({ ...beside(folder, variant), preload: 'none', nodeArgs }, ['/api/items/1', '/v2/things/1', '/none'], t)
      const alone = await run(UPSTREAM, 'plain')
      assert.deepEqual(alone.server, ['GET', 'GET /api/items/:id', 'GET /v2/things/:id'])
      assert.deepEqual(await run([...UPSTREAM, ...OURS], 'plain'), alone)
      assert.deepEqual(await run([...OURS, ...UPSTREAM], 'plain'), alone)
    })
  })

  describe(`Express ${version}`, () => {
    const CASES = [
      ['with metrics alone', { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'otlp' }, true],
      ['with neither spans nor metrics', { OTEL_TRACES_EXPORTER: 'none' }, false],
      ['with the SDK off', { OTEL_SDK_DISABLED: 'true' }, false],
      ['with the instrumentation off', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'express' }, false],
    ] as const
    for (const [title, env, isPatched] of CASES) {
      it(`is ${isPatched ? '' : 'not '}patched ${title}`, async (t) => {
        const app = await runApp({ ...beside(folder, 'plain'), env, t })
        assert.equal((JSON.parse((await app.request('/layer')).body) as { isPatched: boolean }).isPatched, isPatched)
      })
    }
  })
}

describe('the package router alone', () => {
  it('has routes, also where an ES module imports it', async (t) => {
    const seen = await spansOf({ fixture: 'routes-router.mjs' }, ['/api/items/1', '/none'], t)
    assert.deepEqual(seen, { statuses: [200, 404], server: ['GET', 'GET /api/items/:id'], others: [] })
  })
})
