// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertCarries, assertNothingOfOurs, startOutbound } from '../../support/outbound.ts'

const LOOPBACK = ['127.0.0.2', 'localhost', '[::1]']

/** By value: which of the hosts get the ID. Undefined leaves the variable out. */
const CASES: readonly (readonly [value: string | undefined, carries: readonly string[]])[] = [
  [undefined, LOOPBACK],
  ['', LOOPBACK],
  ['internal', LOOPBACK],
  ['all', LOOPBACK],
  ['none', []],
  ['localhost', ['localhost']],
  ['127.0.0.0/8, ::1', ['127.0.0.2', '[::1]']],
  ['internal,!127.0.0.2', ['localhost', '[::1]']],
  ['!localhost,all', ['127.0.0.2', '[::1]']],
  ['*.example.com', []],
]

describe('CORRELATION_PROPAGATE_TO', { concurrency: 2 }, () => {
  for (const [value, carries] of CASES) {
    it(`${value ?? 'unset'}: ${carries.join(', ') || 'nobody'}`, async (t) => {
      const { call } = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: value } })
      for (const client of ['http.get', 'fetch']) {
        for (const host of LOOPBACK) {
          const sent = await call({ client, url: `http://${host}:{port}/` })
          if (carries.includes(host)) assertCarries(sent.requests[0], sent.id)
          else assertNothingOfOurs(sent)
        }
      }
    })
  }

  it('names each of the first withheld hosts once, at info, without the ID', async (t) => {
    const env = { CORRELATION_PROPAGATE_TO: 'none', OTEL_LOG_LEVEL: 'info' }
    const { app, call } = await startOutbound(t, { env })
    const { id } = await call({ client: 'http.get', url: 'http://127.0.0.2:{port}/' })
    await call({ client: 'fetch', url: 'http://127.0.0.2:{port}/' })
    const said = () => `${app.stdout.join('\n')}\n${app.stderr}`
    assert.equal(said().match(/requests to "127\.0\.0\.2" leave without the correlation ID/g)?.length, 1, said())
    assert.equal(said().includes(id), false)
  })

  it('a mistake is one warning that names the variable, and the entry is skipped', async (t) => {
    const { app, call } = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: '127.0.0.2,host:99999' } })
    await app.waitForStderr(/CORRELATION_PROPAGATE_TO/)
    assert.equal(app.stderr.match(/CORRELATION_PROPAGATE_TO/g)?.length, 1)
    assert.doesNotMatch(app.stderr, /99999/)
    const sent = await call({ client: 'http.get', url: 'http://127.0.0.2:{port}/' })
    assertCarries(sent.requests[0], sent.id)
  })
})
