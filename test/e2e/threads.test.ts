// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type Preload, type RunAppOptions, runApp } from '../support/run-app.ts'

type Seen = Readonly<Record<string, string | null>>

/** What is found at each place: the request's own ID, or none. */
type Expected = Readonly<Record<string, 'own' | null>>

const IN_THREAD: Expected = {
  'thread, at its start': null,
  'thread, message': null,
  'thread, by metadata': 'own',
  'thread, by metadata, later': 'own',
}

const OWN_THREAD: Expected = {
  'on online': 'own',
  'on message': 'own',
  'on exit': 'own',
  awaited: 'own',
  'thread, by workerData': 'own',
  ...IN_THREAD,
}

const SHARED_THREAD: Expected = {
  callback: null,
  'callback by metadata': 'own',
  'bound callback': 'own',
  awaited: 'own',
  ...IN_THREAD,
}

/** Each row of the table in the documentation. */
const ROUTES: readonly (readonly [path: string, title: string, expected: Expected])[] = [
  ['/own', 'a thread of its own', OWN_THREAD],
  ['/early', 'threads that were there before', SHARED_THREAD],
  ['/port', 'a message channel of its own', { 'on message': 'own', awaited: 'own' }],
]

const MODES: Readonly<Record<string, Pick<RunAppOptions, 'env' | 'preload'>>> = {
  'the defaults': {},
  'a CommonJS preload': { preload: 'require' },
  NODE_OPTIONS: { preload: 'node-options' },
  'no traces': { env: { OTEL_TRACES_EXPORTER: 'none' } },
  'no SDK': { env: { OTEL_SDK_DISABLED: 'true' } },
  'nothing sampled': { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
}

const OFF = { CORRELATION_ENABLED: 'false' }

async function seenBy(app: App, path: string, id: string): Promise<Seen> {
  const { status, body } = await app.request(path, { headers: { 'x-correlation-id': id } })
  assert.equal(status, 200)
  return JSON.parse(body) as Seen
}

const expectedFor = (expected: Expected, id: string): Seen =>
  Object.fromEntries(Object.entries(expected).map(([place, found]) => [place, found === 'own' ? id : null]))

async function assertRoutes(app: App): Promise<void> {
  for (const [path, , expected] of ROUTES) {
    for (const id of ['one', 'two']) assert.deepEqual(await seenBy(app, path, id), expectedFor(expected, id), path)
  }
}

describe('work in worker threads', { concurrency: 2 }, () => {
  for (const [mode, options] of Object.entries(MODES)) {
    it(`has the ID as documented, with ${mode}`, async (t) => {
      const app = await runApp({ fixture: 'threads/app.mjs', ...options, t })
      await assertRoutes(app)
    })
  }

  for (const [what, options] of [
    ['the preload', { preload: 'none' as Preload }],
    ['correlation', { env: OFF }],
  ] as const) {
    it(`control: has none without ${what}`, async (t) => {
      const app = await runApp({ fixture: 'threads/app.mjs', ...options, t })
      await assert.rejects(assertRoutes(app), { code: 'ERR_ASSERTION' })
    })
  }

  it('is logged under the ID, and is in the trace of the request', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'threads/app.mjs', sink, t })
    await seenBy(app, '/early', 'order-1')
    const lines = (await app.waitForLogs(4)).filter(({ message }) => message === 'before' || message === 'after')
    assert.deepEqual([...new Set(lines.map((line) => line['correlation_id']))], ['order-1'])
    const spans = await sink.waitForSpans((all) => all.some(({ kind }) => kind === 'SERVER') && all.length === 3)
    const server = spans.find(({ kind }) => kind === 'SERVER')
    for (const { name, traceId, parentSpanId, attributes } of spans.filter((span) => span !== server)) {
      assert.equal(name, 'work')
      assert.deepEqual([traceId, parentSpanId], [server?.traceId, server?.spanId])
      assert.equal(attributes['correlation.id'], 'order-1')
    }
  })
})

describe('a pool of threads that the first request starts', () => {
  it('gives no later request the ID of that one, neither there nor in its threads', async (t) => {
    const app = await runApp({ fixture: 'threads/app.mjs', env: { OTEL_TRACES_EXPORTER: 'none' }, t })
    // Two threads: two requests start one each.
    for (const id of ['first', 'second']) await seenBy(app, '/lazy', id)
    for (const id of ['third', 'fourth']) {
      assert.deepEqual(await seenBy(app, '/lazy', id), expectedFor(SHARED_THREAD, id), id)
    }
  })
})

describe('many requests at once through pools of threads', () => {
  /** Every place of every request has its own ID, or none where it is documented; and so have the lines. */
  async function assertNeverMixed(app: App, count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, i) => `request-${'x'.repeat(i % 4)}${i}`)
    const seen = await Promise.all(ids.map((id, i) => seenBy(app, `/busy?ms=${(i * 7) % 23}`, id)))
    for (const [i, each] of seen.entries()) {
      assert.deepEqual(each, { awaited: ids[i], before: ids[i], after: ids[i], plain: null })
    }
    const lines = await app.waitForLogs((logs) => logs.length >= 3 * count, 60_000)
    assert.equal(lines.length, 3 * count)
    for (const { message, own, correlation_id: found } of lines) assert.equal(found, own, String(message))
    // What runs with each answer is nobody's, or the answer's own where a request has started the thread that gave it.
    const answers = (await seenBy(app, '/answers', 'asks')) as unknown as readonly {
      own: string
      found: string | null
    }[]
    assert.equal(answers.length, count)
    const wrong = answers.filter(({ own, found }) => found !== null && found !== own)
    assert.deepEqual(wrong, [])
  }

  it('are never mixed: 300 requests, four threads', async (t) => {
    const app = await runApp({ fixture: 'threads/app.mjs', env: { OTEL_TRACES_EXPORTER: 'none' }, t })
    await assertNeverMixed(app, 300)
  })

  it('control: without correlation the same look finds no ID', async (t) => {
    const app = await runApp({ fixture: 'threads/app.mjs', env: OFF, t })
    await assert.rejects(assertNeverMixed(app, 20), { code: 'ERR_ASSERTION' })
  })
})
