// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { API, call, idsIn, linesOf, messagesOf, startApp, startBoth, UUID, VERSIONS } from './bullmq-apps.ts'

const TRIED_TWICE = ['failed', 'processed', 'processed', 'processing', 'processing', 'completed'].toSorted()

for (const version of VERSIONS) {
  describe(`${version}: who adds a job`, { concurrency: 2 }, () => {
    it('a script that adds a job has no ID: the job gets one, for all of its attempts', async (t) => {
      const { app, worker } = await startBoth(t, version)
      const job = ['plain', { case: 'script', failures: 1 }, { attempts: 2 }]
      await startApp(t, 'add-and-end.cjs', { ...app, args: ['add', JSON.stringify(job)] })
      const lines = await linesOf(worker, 'script', TRIED_TWICE.length)
      assert.deepEqual(messagesOf(lines), TRIED_TWICE)
      const [id, ...others] = idsIn(lines)
      assert.deepEqual(others, [])
      assert.match(String(id), UUID)
    })

    it('a job of a process without the preload gets an ID when it is processed', async (t) => {
      const { app, worker } = await startBoth(t, version)
      const job = ['plain', { case: 'foreign' }]
      await startApp(t, 'add-and-end.cjs', { ...app, preload: 'none', args: ['add', JSON.stringify(job)] })
      const lines = await linesOf(worker, 'foreign', 3)
      const [id, ...others] = idsIn(lines)
      assert.deepEqual(others, [])
      assert.match(String(id), UUID)
    })

    it('omitContext: nothing is written, and the worker makes an ID', async (t) => {
      const { server, worker } = await startBoth(t, version)
      const telemetry = { omitContext: true }
      const node = { name: 'plain', queueName: 'jobs', data: { case: 'omitted' }, opts: { telemetry } }
      const calls = [
        { args: ['plain', { case: 'omitted' }, { telemetry }] },
        { method: 'addBulk', args: [[node]] },
        { on: 'flow', args: [node] },
        {
          on: 'flow',
          args: [{ ...node, opts: {} }, { queuesOptions: { jobs: { defaultJobOptions: { telemetry } } } }],
        },
      ] as const
      for (const given of calls) assert.deepEqual((await call(server, given, 'given')).args, given.args)
      const lines = await linesOf(worker, 'omitted', calls.length * 3)
      assert.equal(idsIn(lines).length, calls.length)
      assert.ok(!idsIn(lines).includes('given'))
    })

    it('a job that is added again with the options of another has the ID of who adds it', async (t) => {
      const { server, worker } = await startBoth(t, version)
      const { result } = await call(server, { args: ['plain', { case: 'first' }] }, 'id-first')
      const { opts } = result as { readonly opts: object }
      assert.match(JSON.stringify(opts), /id-first/)
      await call(server, { args: ['plain', { case: 'again' }, opts] }, 'id-again')
      assert.deepEqual(idsIn(await linesOf(worker, 'first', 3)), ['id-first'])
      assert.deepEqual(idsIn(await linesOf(worker, 'again', 3)), ['id-again'])
    })

    it('a script with an ID of its own gives it to its jobs', async (t) => {
      const { app, worker } = await startBoth(t, version)
      const args = ['add', JSON.stringify(['plain', { case: 'script' }])]
      await startApp(t, 'add-and-end.cjs', { ...app, env: { API, ID: 'nightly-42' }, args })
      assert.deepEqual(idsIn(await linesOf(worker, 'script', 3)), ['nightly-42'])
    })

    it('a job that adds a job gives it its ID, and is the parent of what adds it', async (t) => {
      const { server, sink, worker } = await startBoth(t, version)
      await call(server, { args: ['plain', { case: 'first', next: 'second' }] }, 'id-chain')
      for (const name of ['first', 'second']) assert.deepEqual(idsIn(await linesOf(worker, name, 3)), ['id-chain'])
      const spans = await sink.waitForSpans((all) =>
        ['PRODUCER', 'CONSUMER'].every((wanted) => all.filter(({ kind }) => kind === wanted).length === 2),
      )
      const [first, second] = spans.filter(({ kind }) => kind === 'CONSUMER')
      const adding = spans.find(({ kind, parentSpanId }) => kind === 'PRODUCER' && parentSpanId === first?.spanId)
      assert.equal(second?.links[0]?.spanId, adding?.spanId)
      assert.ok(adding)
    })

    it('a job that is there already keeps the ID of who added it first', async (t) => {
      const { server, worker } = await startBoth(t, version)
      const options = { delay: 1_000, deduplication: { id: 'once' } }
      for (const id of ['id-first', 'id-second']) await call(server, { args: ['plain', { case: 'once' }, options] }, id)
      await call(server, { args: ['plain', { case: 'last' }, { delay: 1_500 }] }, 'id-last')
      await linesOf(worker, 'last', 3)
      const lines = await linesOf(worker, 'once', 3)
      assert.equal(lines.length, 3)
      assert.deepEqual(idsIn(lines), ['id-first'])
    })

    it('with CORRELATION_SAMPLE_RATIO a job is sampled where its request is', async (t) => {
      const { server, sink, worker } = await startBoth(t, version, { CORRELATION_SAMPLE_RATIO: '0.5' })
      const ids = Array.from({ length: 40 }, (_, index) => `id-${index}`)
      for (const id of ids) await call(server, { args: ['plain', { case: 'sampled' }] }, id)
      assert.equal(idsIn(await linesOf(worker, 'sampled', 3 * ids.length)).length, ids.length)
      await Promise.all([server.stop(), worker.stop()])
      const [requests, jobs] = ['SERVER', 'CONSUMER'].map((kind) =>
        sink.spans.filter((span) => span.kind === kind).map(({ attributes }) => String(attributes['correlation.id'])),
      )
      assert.deepEqual(jobs?.toSorted(), requests?.toSorted())
      assert.ok(jobs && jobs.length > 5 && jobs.length < 35, `${jobs?.length} of ${ids.length}`)
    })
  })
}
