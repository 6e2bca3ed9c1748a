// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, type Preload, type RunAppOptions, runApp } from '../support/run-app.ts'

type Seen = Readonly<Record<string, string | null>>

/** What is found at each place: the request's own ID, or none. */
type Expected = Readonly<Record<string, 'own' | null>>

const IN_CHILD: Expected = { 'child, at its start': null, 'child, message': null, 'child, by metadata': 'own' }
const OWN_CHILD: Expected = {
  'on spawn': 'own',
  'on message': 'own',
  'on exit': 'own',
  'on data': 'own',
  awaited: 'own',
  ...IN_CHILD,
}
/** A program of ours that has the ID in its environment has it everywhere. */
const BY_ENV: Expected = { 'child, at its start': 'own', 'child, message': 'own', 'child, no metadata': 'own' }
const SHARED_CHILD: Expected = {
  callback: null,
  'callback by metadata': 'own',
  'bound callback': 'own',
  awaited: 'own',
  ...IN_CHILD,
}
const PROGRAMS: Expected = {
  'exec callback': 'own',
  'execFile callback': 'own',
  awaited: 'own',
  'on data': 'own',
  'on close': 'own',
}

const MODES: Readonly<Record<string, Pick<RunAppOptions, 'env' | 'preload'>>> = {
  'the defaults': {},
  'a CommonJS preload': { preload: 'require' },
  NODE_OPTIONS: { preload: 'node-options' },
  'no traces': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'no SDK': { env: { OTEL_SDK_DISABLED: 'true' } },
}

const OFF = { CORRELATION_ENABLED: 'false' }

async function ask<T>(app: App, path: string, id: string): Promise<T> {
  const { status, body } = await app.request(path, { headers: { 'x-correlation-id': id } })
  assert.equal(status, 200)
  return JSON.parse(body) as T
}

const expectedFor = (expected: Expected, id: string): Seen =>
  Object.fromEntries(Object.entries(expected).map(([place, found]) => [place, found === 'own' ? id : null]))

async function assertRoutes(app: App): Promise<void> {
  for (const [path, expected] of [
    ['/own', OWN_CHILD],
    ['/env', BY_ENV],
    ['/early', SHARED_CHILD],
  ] as const) {
    for (const id of ['one', 'two']) assert.deepEqual(await ask<Seen>(app, path, id), expectedFor(expected, id), path)
  }
  const { seen } = await ask<{ seen: Seen }>(app, '/programs', 'three')
  assert.deepEqual(seen, expectedFor(PROGRAMS, 'three'))
}

describe('work in child processes', { concurrency: 2 }, () => {
  for (const [mode, options] of Object.entries(MODES)) {
    it(`has the ID as documented, with ${mode}`, async (t) => {
      const app = await runApp({ fixture: 'children/app.mjs', ...options, t })
      await assertRoutes(app)
    })
  }

  for (const [what, options] of [
    ['the preload', { preload: 'none' as Preload }],
    ['correlation', { env: OFF }],
  ] as const) {
    it(`control: has none without ${what}`, async (t) => {
      const app = await runApp({ fixture: 'children/app.mjs', ...options, t })
      await assert.rejects(assertRoutes(app), { code: 'ERR_ASSERTION' })
    })
  }

  it('that the first request began is nobody’s once others use it', async (t) => {
    const app = await runApp({ fixture: 'children/app.mjs', env: { OTEL_TRACES_EXPORTER: 'none' }, t })
    const first = await ask<Seen>(app, '/lazy', 'first')
    assert.equal(first['callback'], 'first')
    for (const id of ['second', 'third', 'first']) {
      assert.deepEqual(await ask<Seen>(app, '/lazy', id), expectedFor(SHARED_CHILD, id), id)
    }
  })
})

describe('the environment of a child', () => {
  it('is that of its parent, without anything of ours', async (t) => {
    const app = await runApp({ fixture: 'children/app.mjs', env: { SOME: 'thing', OTEL_TRACES_EXPORTER: 'none' }, t })
    const { ours, theirs } = await ask<{ ours: Seen; theirs: Seen }>(app, '/programs', 'order-1')
    assert.equal(ours['SOME'], 'thing')
    assert.deepEqual(theirs, ours)
  })

  for (const [title, preload, isOurs] of [
    ['has the preload by NODE_OPTIONS', 'node-options', true],
    ['has no preload by a flag of its parent', 'import', false],
  ] as const) {
    it(`brings ID and trace to a program that is started with the line, which ${title}`, async (t) => {
      await using sink = await startOtlpSink()
      const app = await runApp({ fixture: 'children/app.mjs', preload, sink, t })
      const { lines } = await ask<{ lines: readonly LogLine[] }>(app, '/spawn', 'order-1')
      const logged = lines.find(({ message }) => message === 'started')
      assert.equal(logged?.['correlation_id'], isOurs ? 'order-1' : undefined)
      assert.equal(lines.find((line) => 'started' in line)?.['started'], isOurs ? 'order-1' : null)
      const spans = await sink.waitForSpans((all) => all.some(({ kind }) => kind === 'SERVER'))
      const server = spans.find(({ kind }) => kind === 'SERVER')
      const work = spans.filter(({ name, traceId }) => name === 'work' && traceId === server?.traceId)
      assert.equal(work.length, isOurs ? 1 : 0)
      for (const { parentSpanId, attributes } of work) {
        assert.equal(parentSpanId, server?.spanId)
        assert.equal(attributes['correlation.id'], 'order-1')
      }
    })
  }
})
