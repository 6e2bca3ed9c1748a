// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, type Outbound, startOutbound } from '../support/outbound.ts'

const IN_CONTEXT = [
  'spread into http.request',
  'set one by one',
  'flat array',
  'array of pairs',
  'spread into fetch',
  'pairs into fetch',
  'array into undici.request',
]
const WITHOUT_CONTEXT = ['http.request from a queue', 'fetch from a queue']

const DENIED = 'http://127.0.0.3:{port}/'
const ALLOWED = 'http://127.0.0.2:{port}/'

interface Case {
  readonly received: readonly string[]
  /** The lines that reach a host that may not know the ID. */
  readonly denied: Readonly<Record<string, readonly string[]>>
}

/** `ID` is the decided one, wherever it comes from. */
const CASES: Readonly<Record<string, Case>> = {
  'no ID: what we wrote is taken out': {
    received: [],
    denied: { 'x-correlation-id': [], 'x-request-id': [] },
  },
  "a client's x-request-id of its own is restored": {
    received: ['X-Correlation-ID', 'client-1', 'X-Request-ID', 'request-1'],
    denied: { 'x-correlation-id': ['client-1'], 'x-request-id': ['request-1'] },
  },
  "a client's x-request-id alone stays; the name that we added does not": {
    received: ['X-Request-ID', 'request-2'],
    denied: { 'x-correlation-id': [], 'x-request-id': ['request-2'] },
  },
  'a malformed ID is restored as it came': {
    received: ['X-Correlation-ID', '<malformed>'],
    denied: { 'x-correlation-id': ['<malformed>'], 'x-request-id': [] },
  },
  'other headers are not touched': {
    received: ['X-Tenant', '7', 'X-Other-ID', 'client-3', 'X-Correlation-ID', 'client-3'],
    denied: { 'x-tenant': ['7'], 'x-other-id': ['client-3'], 'x-correlation-id': ['client-3'] },
  },
}

async function checkForwarders({ call, sink }: Outbound, forwarders: readonly string[], rows = CASES): Promise<void> {
  for (const client of forwarders) {
    for (const [name, { received, denied }] of Object.entries(rows)) {
      const { requests, bytes } = await call({ client, url: DENIED, received })
      assert.equal(requests.length, 1)
      for (const [header, lines] of Object.entries(denied)) {
        assert.deepEqual(linesOf(requests[0] as (typeof requests)[0], header), lines, `${client}, ${name}:\n${bytes}`)
      }
      assert.doesNotMatch(bytes, /correlation\.id/)
      // A generated ID is a UUID, and no client sent one.
      assert.doesNotMatch(bytes, /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, `${client}, ${name}`)
    }
  }
  assert.ok(sink.bytes.length > 0)
}

describe('headers that a proxy forwards', { concurrency: 2 }, () => {
  for (const [name, env] of Object.entries({
    'tracing on': {},
    'tracing off': { OTEL_TRACES_EXPORTER: 'none' },
    'instrumentations disabled': { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici' },
  })) {
    it(`${name}: a denied host gets the client's own, in every form`, async (t) => {
      await checkForwarders(await startOutbound(t, { env }), [...IN_CONTEXT, ...WITHOUT_CONTEXT])
    })
  }

  it('an allowed host gets the decided ID in one line', async (t) => {
    const { call } = await startOutbound(t)
    for (const client of IN_CONTEXT) {
      const received = ['X-Correlation-ID', 'client-4', 'X-Request-ID', 'request-4', 'Baggage', 'tenant=7']
      const { requests } = await call({ client, url: ALLOWED, received })
      const [request] = requests
      assert.ok(request)
      assert.deepEqual(linesOf(request, 'x-correlation-id'), ['client-4'], client)
      assert.deepEqual(linesOf(request, 'x-request-id'), ['client-4'], client)
      assert.match(linesOf(request, 'baggage').join('|'), /^correlation\.id=client-4,tenant=7(, ?tenant=7)?$/, client)
    }
  })

  it("a client's baggage is forwarded as it came, its own entry of our name included", async (t) => {
    const { call } = await startOutbound(t, { env: { OTEL_TRACES_EXPORTER: 'none' } })
    for (const client of IN_CONTEXT) {
      const baggage = 'a=1;p=2, correlation.id=client-5 ,b=%20'
      const { requests } = await call({ client, url: DENIED, received: ['Baggage', baggage] })
      assert.deepEqual(linesOf(requests[0] as (typeof requests)[0], 'baggage'), [baggage], client)
    }
  })

  it('requests that share an ID do not get the x-request-id of each other from a queue', async (t) => {
    const { call } = await startOutbound(t)
    for (const client of WITHOUT_CONTEXT) {
      const received = (request: string) => ['X-Correlation-ID', `shared-${client.length}`, 'X-Request-ID', request]
      const [first, second] = await Promise.all(
        ['one', 'two'].map((name) => call({ client, url: DENIED, received: received(name) })),
      )
      assert.ok(first && second)
      const last = await call({ client, url: DENIED, received: received('three') })
      assert.deepEqual(linesOf(last.requests[0] as (typeof last.requests)[0], 'x-request-id'), [])
    }
  })

  it('control: with rewriting on and every host allowed, the check fails in each form', async (t) => {
    const outbound = await startOutbound(t, { env: { CORRELATION_PROPAGATE_TO: 'all' } })
    for (const client of [...IN_CONTEXT, ...WITHOUT_CONTEXT]) {
      await assert.rejects(
        checkForwarders(outbound, [client], { one: CASES['no ID: what we wrote is taken out'] as Case }),
      )
    }
  })
})
