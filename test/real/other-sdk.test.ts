// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { assertCorrelated, comparable, type OtherApp, observe, type Seen } from '../support/other-sdk.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { runApp } from '../support/run-app.ts'
import { fixtureIn, installOf } from './packages.ts'

const OURS = ['--import', '@org/correlation/register'] as const

interface Case {
  readonly title: string
  readonly install: string
  readonly fixture: string
  /** Their own preload, as arguments of node. */
  readonly theirs?: readonly [flag: string, file: string]
}

const REGISTER = '@opentelemetry/auto-instrumentations-node'
const CASES: readonly Case[] = [
  { title: 'NodeSDK 0.301 in CommonJS', install: 'otel-3', fixture: 'node-sdk.cjs' },
  { title: 'NodeSDK 0.301 in ESM', install: 'otel-3', fixture: 'node-sdk.mjs' },
  { title: 'NodeSDK 2.x in CommonJS, with API 1.9', install: 'otel-2', fixture: 'node-sdk.cjs' },
  { title: 'NodeSDK 2.x in ESM, with API 1.9', install: 'otel-2', fixture: 'node-sdk.mjs' },
  {
    title: 'auto-instrumentations-node 0.82',
    install: 'otel-3',
    fixture: 'app.cjs',
    theirs: ['--require', `${REGISTER}/dist/register.cjs`],
  },
  {
    title: 'auto-instrumentations-node 0.81, with API 1.9',
    install: 'otel-2',
    fixture: 'app.cjs',
    theirs: ['--require', `${REGISTER}/build/src/register.js`],
  },
  {
    title: '@elastic/opentelemetry-node',
    install: 'elastic',
    fixture: 'app.cjs',
    theirs: ['--import', '@elastic/opentelemetry-node/import.mjs'],
  },
]

/** Where their preload comes first, and where ours does; an SDK in code has one place only. */
function appsOf({ install, fixture, theirs }: Case): Readonly<Record<string, OtherApp>> {
  const file = fixtureIn(install, fixture)
  if (theirs === undefined) return { 'in code': { fixture: file } }
  const args = [theirs[0], path.join(installOf(install), 'node_modules', theirs[1])]
  return {
    'before ours': { fixture: file, nodeArgs: args },
    // Node loads `--require` before `--import`, so ours has to be required too where theirs is.
    'after ours': {
      fixture: file,
      preload: 'none',
      nodeArgs: [theirs[0], OURS[1], ...args],
    },
  }
}

async function without(one: Case, t: TestContext): Promise<Seen> {
  const app = Object.values(appsOf(one))[0] as OtherApp
  return observe({ ...app, preload: 'none' }, t, { hasOne: one.theirs !== undefined })
}

/** A transaction as text, without what we add and without ports. */
function withoutOurs(transaction: unknown): string {
  return JSON.stringify(transaction, (key, value: unknown) => {
    if (key.startsWith('correlation.') || /port/.test(key)) return undefined
    return typeof value === 'string' ? value.replaceAll(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1') : value
  })
}

describe('another SDK', { concurrency: 2 }, () => {
  for (const one of CASES) {
    for (const [order, app] of Object.entries(appsOf(one))) {
      it(`gets exactly the spans it got without us: ${one.title} ${order}`, async (t) => {
        const plain = await without(one, t)
        // Where theirs reads the same endpoint as ours, whatever ours sent would stand there twice.
        const seen = await observe(app, t, { hasOne: one.theirs !== undefined })
        assert.deepEqual(comparable(seen.theirs), comparable(plain.theirs))
        assert.deepEqual(comparable(seen.ours), [])
        assertCorrelated(seen, seen.theirs)
        assert.throws(() => assertCorrelated(plain, plain.theirs))
      })
    }
  }

  for (const install of ['sentry-10', 'sentry-11']) {
    it(`gets exactly the transactions it got without us: ${install}`, async (t) => {
      const app = { fixture: fixtureIn(install, 'sentry.cjs') }
      const transactions = ({ app: { logs } }: Seen) =>
        logs.flatMap((line) => (line['transaction'] === undefined ? [] : [withoutOurs(line['transaction'])])).sort()
      const plain = await observe({ ...app, preload: 'none' }, t, { serverSpans: 0, clientSpans: 0 })
      const seen = await observe(app, t, { serverSpans: 0, clientSpans: 0 })
      assert.ok(transactions(plain).length >= 3)
      assert.deepEqual(transactions(seen), transactions(plain))
      assertCorrelated(seen, [])
      const found = seen.app.logs.filter((line) =>
        JSON.stringify(line['transaction'] ?? '').includes('"correlation.id"'),
      )
      assert.equal(found.length, install === 'sentry-10' ? 3 : found.length)
    })
  }

  it('manual spans by an API of 1.9 reach our exporter', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: fixtureIn('otel-2', 'old-api.cjs'), sink, t })
    const { body } = await app.request('/')
    const spans = await sink.waitForSpans(2)
    assert.deepEqual(spans.map(({ name, traceId }) => [name, traceId]).sort(), [
      ['GET', body],
      ['by hand', body],
    ])
    assert.equal(new Set(spans.map(({ attributes }) => attributes['correlation.id'])).size, 1)
  })
})
