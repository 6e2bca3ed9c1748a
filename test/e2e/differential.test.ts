// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countHeaders, type Pair, replay, startPair, withoutAdditions, withoutDate } from '../support/differential.ts'
import { EXPRESS_REQUESTS, HEADS, HTTP_REQUESTS, type RawCase } from './differential-requests.ts'

const isHead = (bytes: string) => bytes.startsWith('HEAD ')

/** The same bytes in, the same bytes out but for what is documented; and that is there. */
async function assertSame(pair: Pair, { bytes, isNodes = false }: RawCase): Promise<void> {
  const { withUs, without } = await replay(pair, bytes)
  assert.equal(withoutAdditions(withUs, isHead(bytes)), withoutDate(without))
  const { responses, headers } = countHeaders(withUs)
  assert.equal(headers, isNodes ? 0 : responses, withUs)
}

/** Who called whom is seen in a stack, and process numbers in warnings. */
const withoutStacks = (stderr: string) =>
  stderr.replaceAll(/^ {4}at .*\n/gm, '').replaceAll(/\(node:\d+\)|at .* \{$/gm, '')

const APPS = {
  'express5.cjs': EXPRESS_REQUESTS,
  'express4/differential.cjs': EXPRESS_REQUESTS,
  'http.mjs': HTTP_REQUESTS,
}

for (const [name, cases] of Object.entries(APPS)) {
  const fixture = name.includes('/') ? name : `differential/${name}`
  describe(`${fixture} answers as without us`, () => {
    it('every request', async (t) => {
      const pair = await startPair(fixture, {}, t)
      for (const [title, request] of Object.entries(cases)) await t.test(title, () => assertSame(pair, request))
      // Errors are written behind their response, but before the next one.
      await replay(pair, 'GET / HTTP/1.0\r\n\r\n')
      await Promise.all([pair.withUs.stop(), pair.without.stop()])
      assert.equal(withoutStacks(pair.withUs.stderr), withoutStacks(pair.without.stderr))
    })

    it('every request, with tracing on and the error page left alone', async (t) => {
      const env = {
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        CORRELATION_ERROR_BODY: 'off',
      }
      const pair = await startPair(fixture, env, t)
      for (const [title, { bytes }] of Object.entries(cases)) {
        const { withUs, without } = await replay(pair, bytes)
        // Nothing of the page is ours now, so nothing may be taken out of it.
        assert.equal(withoutDate(withUs).replaceAll(/^x-correlation-id: .*\r\n/gim, ''), withoutDate(without), title)
      }
    })
  })
}

describe('the request as the application sees it', () => {
  const seen: RawCase = {
    bytes:
      'GET /headers HTTP/1.1\r\nHost: h\r\nX-Correlation-ID: a\r\nx-correlation-id: <b>\r\nConnection: close\r\n\r\n',
  }

  it('is as without us where nothing is rewritten', async (t) => {
    await assertSame(await startPair('differential/http.mjs', { CORRELATION_REWRITE_REQUEST: 'false' }, t), seen)
  })

  it('control: is not where it is rewritten', async (t) => {
    const pair = await startPair('differential/http.mjs', {}, t)
    await assert.rejects(assertSame(pair, seen), { code: 'ERR_ASSERTION' })
  })
})

describe('control', () => {
  it('asks for every head that the fixture writes', async (t) => {
    const { without } = await startPair('differential/http.mjs', {}, t)
    assert.deepEqual((JSON.parse(without.stdout[0] as string) as { heads: string[] }).heads, HEADS)
  })

  it('finds a header that is not taken out, a page that is not, and a header that is missing', async (t) => {
    const pair = await startPair('differential/express5.cjs', {}, t)
    const page = EXPRESS_REQUESTS['no such page'] as RawCase
    const { withUs, without } = await replay(pair, page.bytes)
    assert.notEqual(withoutDate(withUs), withoutDate(without))
    assert.notEqual(withoutDate(withUs).replaceAll(/^x-correlation-id: .*\r\n/gim, ''), withoutDate(without))
    const strangers: Pair = { withUs: pair.without, without: pair.without }
    await assert.rejects(assertSame(strangers, page), { code: 'ERR_ASSERTION' })
  })

  it('finds that the correlation is switched off', async (t) => {
    const pair = await startPair('differential/express5.cjs', { CORRELATION_ENABLED: 'false' }, t)
    for (const { bytes } of Object.values(EXPRESS_REQUESTS)) {
      const { withUs, without } = await replay(pair, bytes)
      assert.equal(withoutDate(withUs), withoutDate(without))
    }
    await assert.rejects(assertSame(pair, EXPRESS_REQUESTS['hello world'] as RawCase), { code: 'ERR_ASSERTION' })
  })
})
