// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LogLine, runApp } from '../support/run-app.ts'

const RUNS = 3
const MODES = { 'our SDK': {}, 'the SDK disabled': { OTEL_SDK_DISABLED: 'true' } }

const linesOf = (logs: readonly LogLine[], loop: string, message: string) =>
  logs.filter((line) => line['loop'] === loop && line['message'] === message)

describe('a loop by setInterval() through withCorrelationId(undefined, fn)', { concurrency: 2 }, () => {
  for (const [title, env] of Object.entries(MODES)) {
    it(`has one new ID in each run, also where a request has started it: ${title}`, async (t) => {
      const app = await runApp({ fixture: 'schedules/loop.mjs', env, t })
      await app.request('/', { headers: { 'x-correlation-id': 'starter-1' } })
      const logs = await app.waitForLogs((all) =>
        ['outside', 'inside'].every((loop) => linesOf(all, loop, 'run ends').length >= RUNS),
      )
      const ids = new Set<unknown>()
      for (const loop of ['outside', 'inside']) {
        for (const { run, correlation_id: id } of linesOf(logs, loop, 'run ends')) {
          const begun = linesOf(logs, loop, 'run begins').find((line) => line['run'] === run)
          assert.match(id as string, /^[0-9a-f-]{36}$/)
          assert.equal(begun?.['correlation_id'], id)
          assert.ok(!ids.has(id), `${id} is in two runs`)
          ids.add(id)
        }
      }
      // Control: what is not called through it has the ID of the request, hours after that.
      for (const [loop, id] of [
        ['outside', undefined],
        ['inside', 'starter-1'],
      ] as const) {
        for (const line of linesOf(logs, loop, 'between runs')) assert.equal(line['correlation_id'], id)
      }
    })
  }

  it('stays in the trace of the request that has started it: the call is about the ID alone', async (t) => {
    const app = await runApp({ fixture: 'schedules/loop.mjs', t })
    await app.request('/')
    const logs = await app.waitForLogs((all) => linesOf(all, 'inside', 'run ends').length >= 1)
    const request = logs.find(({ message }) => message === 'in the request')
    assert.ok(request?.['trace_id'] !== undefined)
    assert.equal(linesOf(logs, 'inside', 'run ends')[0]?.['trace_id'], request['trace_id'])
    assert.equal(linesOf(logs, 'outside', 'run begins')[0]?.['trace_id'], undefined)
  })
})
