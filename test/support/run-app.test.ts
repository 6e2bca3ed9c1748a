// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rawRequest } from './raw-request.ts'
import { RAW_OK, rawRedirect, startRawSink } from './raw-sink.ts'
import { runApp } from './run-app.ts'

const FIXTURES = ['express5.mjs', 'express5.cjs', 'express4/app.mjs', 'express4/app.cjs', 'http.mjs', 'http.cjs']

// Without the preload: what is tested here is the harness and that the fixtures are ordinary apps.
for (const fixture of FIXTURES) {
  describe(`runApp() with ${fixture}`, () => {
    it('serves, logs and stops', async (t) => {
      const app = await runApp({ fixture, preload: 'none', t })
      const home = await app.request('/', { headers: ['X-Correlation-ID', 'abc'] })
      assert.equal(home.status, 200)
      assert.deepEqual(JSON.parse(home.body), { header: 'abc' })
      const logs = await app.waitForLogs(2)
      assert.deepEqual(
        logs.map((line) => line['message']),
        ['first line', 'second line'],
      )
      for (const [path, status] of [
        ['/throw', 500],
        ['/reject', 500],
        ['/missing', 404],
        ['/slow?ms=1', 200],
      ] as const) {
        assert.equal((await app.request(path)).status, status, path)
      }

      await using sink = await startRawSink(({ head }) => (head.includes('/start') ? rawRedirect('/end') : RAW_OK))
      const called = await app.request(`/call?url=${sink.url}/called`, { headers: { 'x-correlation-id': 'abc' } })
      const fetched = await app.request(`/fetch?url=${sink.url}/start`)
      assert.deepEqual([called.body, fetched.body], ['ok', 'ok'])
      const lines = sink.requests.map(({ head }) => head.split('\r\n')[0])
      assert.deepEqual(lines, ['GET /called HTTP/1.1', 'GET /start HTTP/1.1', 'GET /end HTTP/1.1'])
      assert.ok(!sink.bytes.includes('abc'))

      const raw = await rawRequest(app.port, 'GET /missing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      assert.match(raw.toString('latin1'), /^HTTP\/1\.1 404 Not Found\r\n/)
      assert.deepEqual(await app.stop(), { code: null, signal: 'SIGTERM' })
      assert.deepEqual(await app.exited, { code: null, signal: 'SIGTERM' })
      if (fixture.startsWith('http')) assert.equal(app.stderr, '')
    })
  })
}

describe('runApp()', () => {
  it('runs a script to its end with the arguments and only the environment it was given', async (t) => {
    const nodeArgs = [
      '--eval',
      'console.log(JSON.stringify({argv:process.argv.slice(1),env:process.env}));process.exit(3)',
    ]
    const env = { A: '1', OTEL_BSP_SCHEDULE_DELAY: undefined }
    const app = await runApp({ fixture: 'script.mjs', nodeArgs, args: ['one'], env, preload: 'none', serve: false, t })
    assert.deepEqual(await app.exited, { code: 3, signal: null })
    assert.equal(app.logs.length, 1)
    assert.equal((app.logs[0]?.['argv'] as readonly string[] | undefined)?.[1], 'one')
    const { PATH, ...rest } = (app.logs[0]?.['env'] ?? {}) as Record<string, string>
    assert.equal(PATH, process.env['PATH'])
    assert.deepEqual(rest, { A: '1' })
  })

  it('says what the child wrote when it does not come up', async (t) => {
    const nodeArgs = ['--eval', 'console.log("to stdout"); console.error("to stderr")']
    await assert.rejects(runApp({ fixture: 'broken.mjs', nodeArgs, preload: 'none', t }), (error: Error) => {
      assert.match(error.message, /broken\.mjs did not print the port it listens on before broken\.mjs ended/)
      assert.match(error.message, /--- stdout\nto stdout\n--- stderr\nto stderr/)
      return true
    })
  })

  it('says what is wrong when the node binary is not there', async (t) => {
    process.env['CORRELATION_TEST_NODE'] = '/does/not/exist'
    t.after(() => delete process.env['CORRELATION_TEST_NODE'])
    await assert.rejects(runApp({ fixture: 'http.mjs', preload: 'none', t }), /ENOENT/)
  })
})
