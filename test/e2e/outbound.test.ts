// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { assertCarries, assertNothingOfOurs, type Outbound, startOutbound, TLS_SINK } from '../support/outbound.ts'
import type { RunAppOptions } from '../support/run-app.ts'

const OWN_BAGGAGE = { headers: { baggage: 'tenant=7,plan=gold;tier=1', 'x-request-id': 'mine' } }

/** Ways to call a host, with the application's own headers where the way has room for them. */
const PLAIN: Readonly<Record<string, object | undefined>> = {
  'http.request(options)': OWN_BAGGAGE,
  'http.request(string)': undefined,
  'http.request(URL)': undefined,
  'http.request(url, options)': { method: 'POST', body: 'text', ...OWN_BAGGAGE },
  'http.get': OWN_BAGGAGE,
  'request imported by name': OWN_BAGGAGE,
  'get imported by name': undefined,
  'request destructured': OWN_BAGGAGE,
  'new ClientRequest': undefined,
  'no agent': undefined,
  'agent with options': { keepAlive: true },
  fetch: OWN_BAGGAGE,
  'fetch(Request)': { method: 'POST', body: 'text', ...OWN_BAGGAGE },
  'undici.fetch': OWN_BAGGAGE,
  'undici.request': OWN_BAGGAGE,
  'undici.Pool': undefined,
  'undici.stream': undefined,
}
const ENCRYPTED: typeof PLAIN = {
  'https.request': OWN_BAGGAGE,
  'https.get': undefined,
  'https.request(options)': undefined,
  fetch: OWN_BAGGAGE,
}

type Mode = Pick<RunAppOptions, 'env' | 'args'>
const MODES: Readonly<Record<string, Mode>> = {
  sampled: {},
  unsampled: { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
  'tracing off': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'SDK disabled': { env: { OTEL_SDK_DISABLED: 'true' } },
  'beside another distribution': { env: { CORRELATION_SDK: 'off' } },
  'instrumentations disabled': { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici' } },
  "the application's own instrumentations": { args: ['own'] },
  'an ignored path': { args: ['ignore'] },
}

/** Calls the allowed and the denied host in every way, and checks each request. */
async function checkAll({ call }: Outbound, ways: typeof PLAIN, scheme = 'http'): Promise<void> {
  for (const [client, options] of Object.entries(ways)) {
    const own = options !== undefined && 'headers' in options ? ['tenant=7', 'plan=gold;tier=1'] : []
    const command = { client, ...(options && { options: { ...options } }) }
    const sent = await call({ ...command, url: `${scheme}://127.0.0.2:{port}/allowed?x=1` })
    assertCarries(sent.requests[0], sent.id, own)
    const withheld = await call({ ...command, url: `${scheme}://127.0.0.3:{port}/denied?x=1` })
    assertNothingOfOurs(withheld)
    if (own.length > 0) {
      for (const { bytes } of [sent, withheld]) {
        assert.match(bytes, /\r\nx-request-id: mine\r\n/i, client)
        assert.equal(bytes.split(/x-request-id/i).length, 2, `${client}: one line`)
      }
      assert.match(withheld.bytes, /\r\nbaggage: tenant=7,plan=gold;tier=1\r\n/i, client)
    }
  }
}

describe('outbound requests', { concurrency: 2 }, () => {
  for (const [name, mode] of Object.entries(MODES)) {
    it(`${name}: an allowed host gets header and baggage entry once, another nothing`, async (t) => {
      await using otlp = await startOtlpSink()
      await checkAll(await startOutbound(t, { ...mode, sink: otlp }), PLAIN)
      if (name === 'sampled') await otlp.waitForSpans((spans) => spans.some((span) => span.kind === 'SERVER'))
      // Before anything is asked of what the exporter sent: that it sent something.
      if (name === 'sampled') assert.ok(otlp.requests.length > 0)
      for (const request of otlp.requests) assert.doesNotMatch(request.rawHeaders.join(), /correlation|baggage/i)
    })
  }

  it('https: the same', async (t) => {
    await checkAll(await startOutbound(t, {}, undefined, TLS_SINK), ENCRYPTED, 'https')
  })

  it('CommonJS: the same', async (t) => {
    await checkAll(await startOutbound(t, { preload: 'require' }), PLAIN)
  })

  it('what exporters do in a suppressed context carries nothing, wherever it goes', async (t) => {
    const { call } = await startOutbound(t)
    for (const client of Object.keys(PLAIN)) {
      assertNothingOfOurs(await call({ client, url: 'http://127.0.0.2:{port}/', suppress: true }))
    }
  })

  it('control: without the preload nothing is sent, and with `all` the check for nothing fails', async (t) => {
    const bare = await startOutbound(t, { preload: 'none' })
    await assert.rejects(checkAll(bare, { 'http.get': undefined }), /x-correlation-id in/)
    const { call } = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: 'all' } })
    for (const client of Object.keys(PLAIN)) {
      const sent = await call({ client, url: 'http://127.0.0.3:{port}/' })
      assert.throws(() => assertNothingOfOurs(sent), /the ID was sent/, client)
    }
  })
})
