// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { receivedValues, rewriteRequestHeaders } from '../../../instrumentations/request-headers.ts'
import type { CorrelationId } from '../../../src/correlation/id.ts'
import { request } from '../../support/http-request.ts'

const NAMES = ['x-correlation-id', 'x-request-id']
const ID = 'new-1' as CorrelationId

let server: http.Server
let handle: (request: IncomingMessage) => void
before(async () => {
  server = http.createServer((incoming, response) => {
    try {
      handle(incoming)
      response.end('ok')
    } catch (error) {
      response.end(String(error))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => server.close())

/** Hands a request that Node itself parsed to `look`, which may throw. */
async function withRequest(headers: readonly string[], look: (incoming: IncomingMessage) => void): Promise<void> {
  handle = look
  const { port } = server.address() as AddressInfo
  const response = await request(`http://127.0.0.1:${port}/`, { headers: ['Host', 'h', ...headers] })
  assert.equal(response.body, 'ok')
}

interface RewriteCase {
  readonly sent: readonly string[]
  readonly outbound?: readonly string[]
  /** Everything but Host and Connection, as the application sees it. */
  readonly raw: readonly string[]
  readonly rewritten: Readonly<Record<string, string | undefined>> | undefined
}

const REWRITES: Readonly<Record<string, RewriteCase>> = {
  'nothing came: the outbound name is added': {
    sent: [],
    raw: ['x-correlation-id', 'new-1'],
    rewritten: { 'x-correlation-id': undefined },
  },
  'nothing came and nothing goes out': { sent: [], outbound: [], raw: [], rewritten: undefined },
  'the ID came: nothing changes': {
    sent: ['X-Correlation-ID', 'new-1'],
    raw: ['X-Correlation-ID', 'new-1'],
    rewritten: undefined,
  },
  'another came: it keeps its place and the case of its name': {
    sent: ['A', '1', 'X-Correlation-ID', '<x>', 'B', '2'],
    raw: ['A', '1', 'X-Correlation-ID', 'new-1', 'B', '2'],
    rewritten: { 'x-correlation-id': '<x>' },
  },
  'repeats become one': {
    sent: ['X-Correlation-ID', 'a', 'A', '1', 'x-correlation-id', 'b', 'x-correlation-id', 'c', 'B', '2'],
    raw: ['X-Correlation-ID', 'new-1', 'A', '1', 'B', '2'],
    rewritten: { 'x-correlation-id': 'a, b, c' },
  },
  'every inbound name that came': {
    sent: ['x-request-id', 'r', 'x-correlation-id', 'c'],
    raw: ['x-request-id', 'new-1', 'x-correlation-id', 'new-1'],
    rewritten: { 'x-correlation-id': 'c', 'x-request-id': 'r' },
  },
  'two outbound names': {
    sent: ['x-request-id', 'r'],
    outbound: NAMES,
    raw: ['x-request-id', 'new-1', 'x-correlation-id', 'new-1'],
    rewritten: { 'x-correlation-id': undefined, 'x-request-id': 'r' },
  },
}

const isOwn = (name: string) => !['host', 'connection', 'traceparent'].includes(name.toLowerCase())
const ownOf = (raw: readonly string[]) =>
  raw.flatMap((name, i) => (i % 2 === 0 && isOwn(name) ? [name, raw[i + 1] as string] : []))

describe('rewriteRequestHeaders', () => {
  for (const [title, { sent, outbound = ['x-correlation-id'], raw, rewritten }] of Object.entries(REWRITES)) {
    for (const isReadBefore of [false, true]) {
      it(`${title}${isReadBefore ? ' (headersDistinct was read before)' : ''}`, async () => {
        await withRequest(sent, (incoming) => {
          if (isReadBefore) assert.ok(incoming.headersDistinct)
          const result = rewriteRequestHeaders(incoming, ID, NAMES, outbound)
          assert.deepEqual(result === undefined ? undefined : Object.fromEntries(result), rewritten)
          assert.deepEqual(ownOf(incoming.rawHeaders), raw)
          assertAgree(incoming)
        })
      })
    }
  }

  it('leaves x-amzn-trace-id alone: the rest of it is not ours', async () => {
    await withRequest(['X-Amzn-Trace-Id', 'Root=1-2-3;Self=4'], (incoming) => {
      const result = rewriteRequestHeaders(incoming, ID, ['x-amzn-trace-id'], ['x-amzn-trace-id'])
      assert.equal(result, undefined)
      assert.equal(incoming.headers['x-amzn-trace-id'], 'Root=1-2-3;Self=4')
    })
  })

  it('computes headersDistinct where Node keeps no count', () => {
    const incoming = {
      headers: { host: 'h', 'x-correlation-id': 'a, b' },
      rawHeaders: ['Host', 'h', 'X-Correlation-ID', 'a', 'x-correlation-id', 'b'],
      headersDistinct: undefined,
    }
    rewriteRequestHeaders(incoming as unknown as IncomingMessage, ID, NAMES, ['x-correlation-id'])
    assert.deepEqual(incoming.rawHeaders, ['Host', 'h', 'X-Correlation-ID', 'new-1'])
    assert.deepEqual(
      { ...(incoming.headersDistinct as unknown as object) },
      { host: ['h'], 'x-correlation-id': ['new-1'] },
    )
  })

  it('adds no view to an object that has none', () => {
    const incoming = { headers: {}, rawHeaders: [] }
    rewriteRequestHeaders(incoming as unknown as IncomingMessage, ID, NAMES, ['x-correlation-id'])
    assert.deepEqual(incoming, {
      headers: { 'x-correlation-id': 'new-1' },
      rawHeaders: ['x-correlation-id', 'new-1'],
    })
  })
})

/** The three views of the request say the same; computed here from the raw one. */
function assertAgree(incoming: IncomingMessage): void {
  const lines: Record<string, string[]> = {}
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = (incoming.rawHeaders[i] as string).toLowerCase()
    lines[name] = [...(lines[name] ?? []), incoming.rawHeaders[i + 1] as string]
  }
  assert.deepEqual({ ...incoming.headersDistinct }, lines)
  assert.deepEqual(
    incoming.headers,
    Object.fromEntries(Object.entries(lines).map(([name, values]) => [name, values.join(', ')])),
  )
}

const VALUES: Readonly<Record<string, { readonly sent: readonly string[]; readonly values: readonly string[] }>> = {
  'no line': { sent: [], values: [] },
  'one line': { sent: ['X-Correlation-ID', 'a'], values: ['a'] },
  'one line with a comma': { sent: ['x-correlation-id', 'a, b'], values: ['a, b'] },
  'repeated lines, in any case': { sent: ['x-correlation-id', 'a', 'X-CORRELATION-ID', 'b, c'], values: ['a', 'b, c'] },
  'an empty line': { sent: ['x-correlation-id', ''], values: [''] },
}

describe('receivedValues', () => {
  for (const [title, { sent, values }] of Object.entries(VALUES)) {
    it(title, () =>
      withRequest(sent, (incoming) => {
        assert.deepEqual(receivedValues(incoming, 'x-correlation-id'), values)
      }),
    )
  }

  const AMZN = [
    ['Root=1-2-3', ['1-2-3']],
    ['Self=9-9; Root=1-2-3 ;Parent=4;Sampled=1', ['1-2-3']],
    ['root=1-2-3', ['1-2-3']],
    ['Self=9-9', []],
    ['1-2-3', []],
  ] as const
  for (const [sent, values] of AMZN) {
    it(`takes only the root of \`${sent}\``, () =>
      withRequest(['X-Amzn-Trace-Id', sent], (incoming) => {
        assert.deepEqual(receivedValues(incoming, 'x-amzn-trace-id'), values)
      }))
  }
})
