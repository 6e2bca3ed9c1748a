// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOutbound } from '../support/outbound.ts'

/** Headers in the two forms of arrays, in letter cases and with repeats that no object can hold. */
const FLAT = ['Host', 'h.example', 'X-One', '1', 'Cookie', 'a=1', 'x-two', '2', 'X-One', '3', 'Cookie', 'b=2']
const PAIRS = FLAT.flatMap((name, i) => (i % 2 === 0 ? [[name, FLAT[i + 1]]] : []))

const CASES: Readonly<Record<string, object>> = {
  'flat array': { headers: FLAT },
  'array of pairs': { headers: PAIRS },
  'no Host line': { headers: ['X-One', '1'] },
  'an empty array': { headers: [] },
  'a body of unknown length': { headers: FLAT, method: 'POST', body: 'text' },
  'a body of known length': { headers: [...FLAT, 'Content-Length', '4'], method: 'POST', body: 'text' },
  'credentials, which an array leaves out': { headers: PAIRS, auth: 'user:pass' },
  'the trace context of the request that came in': {
    headers: [...FLAT, 'TraceParent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
  },
  'lists as values': { headers: ['X-List', ['1', '2'], 'Set-Cookie', ['a', 'b']] },
}
const CLIENTS = ['http.request(options)', 'http.request(url, options)', 'http.get', 'request imported by name']

/** The head as the wire has it, without the port and what tracing adds. */
function wireOf(bytes: string): string {
  return bytes.replace(/:\d{4,5}\r/g, ':port\r').replace(/traceparent: .*\r\n/i, '')
}

/** Each case in each client, to the denied host. */
async function record(outbound: Awaited<ReturnType<typeof startOutbound>>): Promise<readonly string[]> {
  const all: string[] = []
  for (const options of Object.values(CASES)) {
    // `http.get` has ended its request already.
    for (const client of CLIENTS.filter((name) => name !== 'http.get' || !('body' in options))) {
      const url = 'http://127.0.0.3:{port}/path'
      all.push(wireOf((await outbound.call({ client, url, options: { ...options }, received: ['X-A', 'b'] })).bytes))
    }
  }
  return all
}

describe('headers given as an array', { concurrency: 2 }, () => {
  it('reach the wire byte for byte as without the preload, but for the trace context', async (t) => {
    const plain = await record(await startOutbound(t, { preload: 'none' }))
    assert.ok(plain.every((wire) => wire !== ''))
    for (const env of [{}, { OTEL_TRACES_EXPORTER: 'none' }, { OTEL_TRACES_SAMPLER: 'always_off' }]) {
      assert.deepEqual(await record(await startOutbound(t, { env })), plain)
    }
  })

  it('control: instrumentation-http alone breaks them', async (t) => {
    const plain = await record(await startOutbound(t, { preload: 'none' }))
    const upstream = await record(await startOutbound(t, { preload: 'none', args: ['own'] }))
    assert.notDeepEqual(upstream, plain)
    assert.match(upstream[0] as string, /\r\n0: Host\r\n/)
  })

  it('an allowed host gets ours in front of nothing: the other lines stay', async (t) => {
    const { call } = await startOutbound(t)
    for (const headers of [FLAT, PAIRS]) {
      const { id, requests } = await call({ client: 'http.get', url: 'http://127.0.0.2:{port}/', options: { headers } })
      const lines = requests[0]?.head.split('\r\n').slice(1, 7)
      assert.deepEqual(
        lines,
        PAIRS.map(([name, value]) => `${name}: ${value}`),
      )
      assert.match(requests[0]?.head ?? '', new RegExp(`\\r\\nx-correlation-id: ${id}\\r\\n`))
    }
  })
})
