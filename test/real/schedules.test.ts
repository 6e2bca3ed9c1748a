// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { SinkSpan } from '../support/otlp-decode.ts'
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts'
import { type App, type LogLine, runApp } from '../support/run-app.ts'
import { fixtureIn } from './packages.ts'

const PATIENCE_MS = 60_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

interface Library {
  readonly name: string
  readonly install?: string
  readonly fixture?: string
  /** What the span of a job without a name is called. */
  readonly unnamed?: string
  /** Whether the library can run a job as it is set up. */
  readonly init?: boolean
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  'node-cron 4 in ES modules': { name: 'node-cron', unnamed: '* * * * * *' },
  'node-cron 4 in CommonJS': { name: 'node-cron', fixture: 'app.cjs', unnamed: '* * * * * *' },
  'node-cron 4.2 in ES modules': { name: 'node-cron', install: 'node-cron-4.2', unnamed: '* * * * * *' },
  'node-cron 4.2 in CommonJS': {
    name: 'node-cron',
    install: 'node-cron-4.2',
    fixture: 'app.cjs',
    unnamed: '* * * * * *',
  },
  'node-cron 3': { name: 'node-cron', install: 'node-cron-3', init: true },
  cron: { name: 'cron', init: true },
  'node-schedule': { name: 'node-schedule' },
}

interface Options {
  readonly env?: Readonly<Record<string, string>>
  readonly sink?: OtlpSink
}

function start(library: Library, t: TestContext, { env = {}, sink }: Options = {}): Promise<App> {
  const { name, install = 'schedules', fixture = 'app.mjs' } = library
  const file = fixtureIn(install, fixture, 'schedules')
  return runApp({ fixture: file, args: [name], env, ...(sink !== undefined && { sink }), t })
}

async function setUp(app: App, id: string, query: Readonly<Record<string, string>>): Promise<void> {
  const path = `/set-up?${new URLSearchParams(query)}`
  assert.equal((await app.request(path, { headers: { 'x-correlation-id': id } })).status, 200)
}

const about = (app: App, job: string, message: string) =>
  app.logs.filter((line) => line['job'] === job && line['message'] === message)

/** Waits for lines of a job. */
async function waitFor(app: App, job: string, message: string, count: number): Promise<readonly LogLine[]> {
  await app.waitForLogs(() => about(app, job, message).length >= count, PATIENCE_MS)
  return about(app, job, message)
}

/** Fails unless each run has one ID of its own; returns them. */
function assertOwnIds(app: App, job: string, setters: readonly string[]): readonly string[] {
  const ended = about(app, job, 'run ends')
  const ids = ended.map((line) => line['correlation_id'] as string)
  for (const [i, id] of ids.entries()) {
    assert.match(id, UUID)
    assert.ok(!setters.includes(id))
    const begun = about(app, job, 'run begins').find((line) => line['run'] === ended[i]?.['run'])
    assert.equal(begun?.['correlation_id'], id)
  }
  assert.equal(new Set(ids).size, ids.length)
  return ids
}

for (const [title, library] of Object.entries(LIBRARIES)) {
  describe(title, { concurrency: 2 }, () => {
    for (const [mode, env] of Object.entries({
      'our SDK': {},
      'tracing off': { OTEL_TRACES_EXPORTER: 'none' },
      'the SDK disabled': { OTEL_SDK_DISABLED: 'true' },
    })) {
      it(`each run has an ID of its own, never that of a request that set a schedule up: ${mode}`, async (t) => {
        const app = await start(library, t, { env })
        for (const job of ['one', 'two']) await setUp(app, `setter-${job}`, { job, name: job })
        for (const job of ['one', 'two']) await waitFor(app, job, 'run ends', 2)
        const all = ['one', 'two'].flatMap((job) => assertOwnIds(app, job, ['setter-one', 'setter-two']))
        assert.equal(new Set(all).size, all.length)
      })
    }

    it('control: with the instrumentation disabled a run has the ID of a request that set a schedule up', async (t) => {
      const app = await start(library, t, { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: library.name } })
      await setUp(app, 'setter-one', { job: 'one' })
      const [line] = await waitFor(app, 'one', 'run ends', 1)
      assert.equal(line?.['correlation_id'], 'setter-one')
    })

    it('a run that a request asks for has the ID of that request', async (t) => {
      const app = await start(library, t)
      await setUp(app, 'setter-one', { job: 'one' })
      await app.request('/run?job=one', { headers: { 'x-correlation-id': 'by-hand-1' } })
      const isByHand = (line: LogLine) => line['correlation_id'] === 'by-hand-1' && line['message'] === 'run ends'
      await app.waitForLogs((all) => all.some(isByHand), PATIENCE_MS)
      const [byHand] = app.logs.filter(isByHand)
      const begun = about(app, 'one', 'run begins').find((line) => line['run'] === byHand?.['run'])
      assert.equal(begun?.['correlation_id'], 'by-hand-1')
    })

    it('a run is a trace of its own, named for the job and linked to the span that set it up', async (t) => {
      await using sink = await startOtlpSink()
      // Whatever is said of jobs.
      const app = await start(library, t, { sink, env: { CORRELATION_JOBS: 'parent' } })
      const named = { one: 'nightly report', two: undefined }
      for (const [job, name] of Object.entries(named)) {
        await setUp(app, `setter-${job}`, { job, ...(name !== undefined && { name }) })
      }
      for (const job of Object.keys(named)) await waitFor(app, job, 'run ends', 1)
      const runs = (all: readonly SinkSpan[]) => all.filter(({ kind }) => kind === 'INTERNAL')
      const names = ['nightly report', library.unnamed ?? 'cleanUp']
      const spans = await sink.waitForSpans(
        (all) =>
          names.every((name) => runs(all).some((span) => span.name === name)) &&
          all.filter(({ kind }) => kind === 'SERVER').length >= 2,
        PATIENCE_MS,
      )
      for (const [i, job] of Object.keys(named).entries()) {
        const [run] = runs(spans).filter(({ name }) => name === names[i])
        const setter = spans.find((span) => span.attributes['correlation.id'] === `setter-${job}`)
        assert.ok(run && setter)
        assert.equal(run.scope.name, `@org/correlation/${library.name}`)
        assert.equal(run.parentSpanId, undefined)
        assert.notEqual(run.traceId, setter.traceId)
        assert.deepEqual(
          run.links.map(({ spanId, traceId }) => [spanId, traceId]),
          [[setter.spanId, setter.traceId]],
        )
        const line = about(app, job, 'run ends').find((each) => each['trace_id'] === run.traceId)
        assert.equal(line?.['correlation_id'], run.attributes['correlation.id'])
        // It lasts as long as the job does.
        assert.ok(run.endTimeUnixNano - run.startTimeUnixNano >= 4_000_000n)
      }
    })

    it('a run that fails says so in its span, and what the library tells of it has its ID', async (t) => {
      await using sink = await startOtlpSink()
      const app = await start(library, t, { sink })
      await setUp(app, 'setter-one', { job: 'one', name: 'failing', fails: 'yes' })
      const [told] = await waitFor(app, 'one', 'told of a failure', 1)
      const [begun] = about(app, 'one', 'run begins')
      assert.match(begun?.['correlation_id'] as string, UUID)
      assert.equal(told?.['correlation_id'], begun?.['correlation_id'])
      const spans = await sink.waitForSpans((all) => all.some(({ name }) => name === 'failing'), PATIENCE_MS)
      const run = spans.find(({ name }) => name === 'failing')
      assert.deepEqual(run?.status, { code: 'ERROR', message: 'one failed' })
      assert.equal(run?.attributes['correlation.id'], begun?.['correlation_id'])
    })

    if (library.init === true) {
      it('the run that a schedule begins with has an ID of its own as well', async (t) => {
        const app = await start(library, t)
        await setUp(app, 'setter-one', { job: 'one', init: 'yes' })
        await waitFor(app, 'one', 'run ends', 2)
        assertOwnIds(app, 'one', ['setter-one'])
      })
    }
  })
}

describe('node-cron 4, a task in a file', () => {
  for (const fixture of ['app.mjs', 'app.cjs']) {
    it(`each run in the child process has an ID of its own: ${fixture}`, async (t) => {
      const app = await start({ name: 'node-cron', fixture }, t)
      const file = fixtureIn('schedules', 'task.mjs', 'schedules')
      await app.request(`/file?${new URLSearchParams({ file })}`, { headers: { 'x-correlation-id': 'setter-one' } })
      const lines = await waitFor(app, 'file', 'run begins', 2)
      const ids = lines.map((line) => line['correlation_id'] as string)
      for (const id of ids) assert.match(id, UUID)
      assert.equal(new Set(ids).size, ids.length)
      assert.notEqual(lines[0]?.['pid'], app.pid)
    })
  }
})

describe('node-schedule, which has one timer for all jobs', () => {
  it('emits to nobody’s context but that of the run, or of whoever calls', async (t) => {
    const app = await start({ name: 'node-schedule' }, t)
    for (const job of ['one', 'two']) await setUp(app, `setter-${job}`, { job, name: job })
    for (const job of ['one', 'two']) await waitFor(app, job, 'event success', 2)
    for (const job of ['one', 'two']) {
      await app.request(`/stop?job=${job}`, { headers: { 'x-correlation-id': `stopper-${job}` } })
      const ids = assertOwnIds(app, job, ['setter-one', 'setter-two'])
      for (const event of ['run', 'success']) {
        const emitted = about(app, job, `event ${event}`).map((line) => line['correlation_id'] as string)
        assert.deepEqual(emitted.slice(0, 2), ids.slice(0, 2))
      }
      const [first, ...later] = about(app, job, 'event scheduled').map((line) => line['correlation_id'])
      assert.equal(first, `setter-${job}`)
      assert.deepEqual(new Set(later), new Set([undefined]))
      const [canceled] = await waitFor(app, job, 'event canceled', 1)
      assert.equal(canceled?.['correlation_id'], `stopper-${job}`)
    }
  })
})
