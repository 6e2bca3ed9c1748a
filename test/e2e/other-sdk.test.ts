// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertCorrelated, comparable, observe } from '../support/other-sdk.ts'
import type { App } from '../support/run-app.ts'

interface Case {
  readonly title: string
  readonly fixture: string
  readonly variant?: string
  /** Before the first request is sent. */
  readonly before?: (app: App) => Promise<unknown>
  readonly serverSpans?: number
  readonly clientSpans?: number
}

const startLate = async (app: App) => {
  // An SDK that starts after the application has served already.
  await app.request('/missing')
  process.kill(app.pid, 'SIGUSR2')
  await app.waitForLogs((logs) => logs.some((line) => 'started' in line))
}

const CASES: readonly Case[] = [
  { title: 'NodeSDK in CommonJS', fixture: 'other-sdk/node-sdk.cjs' },
  { title: 'NodeSDK in ESM', fixture: 'other-sdk/node-sdk.mjs' },
  { title: 'a context manager handed over', fixture: 'other-sdk/node-sdk.cjs', variant: 'context manager' },
  { title: 'a propagator handed over', fixture: 'other-sdk/node-sdk.cjs', variant: 'propagator' },
  {
    title: 'NodeSDK started after the first request',
    fixture: 'other-sdk/node-sdk.cjs',
    variant: 'late',
    before: startLate,
    // What was loaded before the SDK is not instrumented: `fetch` alone is, whose events need no patch.
    serverSpans: 0,
    clientSpans: 1,
  },
]

describe("beside the application's own SDK", { concurrency: 2 }, () => {
  for (const { title, fixture, variant, ...options } of CASES) {
    it(`its exporter gets what it got without us, and ours nothing: ${title}`, async (t) => {
      const env = variant === undefined ? {} : { VARIANT: variant }
      const without = await observe({ fixture, env, preload: 'none' }, t, options)
      const seen = await observe({ fixture, env }, t, options)
      assert.equal(without.theirs.length, (options.serverSpans ?? 3) + (options.clientSpans ?? 2))
      assert.deepEqual(comparable(seen.theirs), comparable(without.theirs))
      assert.deepEqual(comparable(seen.ours), [])
      assertCorrelated(seen, seen.theirs)
      const b3 = (heads: readonly string[]) => heads.filter((head) => /^b3: /im.test(head)).length
      assert.equal(b3(seen.outbound), variant === 'propagator' ? 2 : 0)
      // Without the preload there is nothing to find: the assertion can fail.
      assert.throws(() => assertCorrelated(without, without.theirs))
    })
  }

  it('instrumentations without an SDK record to ours, once', async (t) => {
    const seen = await observe({ fixture: 'other-sdk/only-instrumentations.cjs' }, t)
    assert.deepEqual(seen.ours.map(({ kind }) => kind).sort(), ['CLIENT', 'CLIENT', 'SERVER', 'SERVER', 'SERVER'])
    assertCorrelated(seen, seen.ours)
  })
})
