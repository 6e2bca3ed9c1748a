// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { type App, runApp } from '../support/run-app.ts'

interface Answer {
  readonly pid: number
  readonly seen: Readonly<Record<string, string | null>>
}

const expected = (id: string): Answer['seen'] => ({
  handler: id,
  callback: null,
  'callback by metadata': id,
  'bound callback': id,
  awaited: id,
  'primary, message': null,
  'primary, by metadata': id,
})

/** Each request in its own process, with its own ID at each place. */
async function assertWorkers(app: App, count: number): Promise<readonly Answer[]> {
  const ids = Array.from({ length: count }, (_, i) => `request-${i}`)
  const answers = await Promise.all(
    ids.map(async (id) => JSON.parse((await app.request('/', { headers: { 'x-correlation-id': id } })).body) as Answer),
  )
  for (const [i, { seen }] of answers.entries()) assert.deepEqual(seen, expected(ids[i] as string))
  return answers
}

describe('cluster', () => {
  it('has the ID in its workers by itself, and in messages by a line', async (t) => {
    await using sink = await startOtlpSink()
    const app = await runApp({ fixture: 'children/cluster.mjs', sink, t })
    const answers = await assertWorkers(app, 40)
    assert.equal(new Set(answers.map(({ pid }) => pid)).size, 2)
    const lines = (await app.waitForLogs(40)).filter(({ message }) => message === 'answered')
    for (const { own, correlation_id: found } of lines) assert.equal(found, own)
    assert.equal(new Set(lines.map(({ own }) => own)).size, 40)
    const spans = await sink.waitForSpans((all) => all.filter(({ kind }) => kind === 'SERVER').length === 40)
    const ids = spans.filter(({ kind }) => kind === 'SERVER').map(({ attributes }) => attributes['correlation.id'])
    assert.equal(new Set(ids).size, 40)
  })

  it('control: has none with correlation turned off', async (t) => {
    const app = await runApp({ fixture: 'children/cluster.mjs', env: { CORRELATION_ENABLED: 'false' }, t })
    await assert.rejects(assertWorkers(app, 4), { code: 'ERR_ASSERTION' })
  })
})
